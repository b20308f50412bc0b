// What a person does in GraphiQL, by the names that they see.
import assert from 'node:assert/strict';
import { eventually } from '../chrome.mjs';

/** Opens the page and waits until the editor and the schema are there. */
export async function openGraphiql(page, address) {
  await page.goto(address);
  await isReady(page);
}

export async function isReady(page) {
  await page.locator('.graphiql-query-editor .monaco-editor').first().waitFor({ timeout: 60_000 });
  await page.locator('.graphiql-sidebar [aria-label*="Documentation"]').waitFor();
}

/** Presses the execute button: it runs what the tab holds, or stops what is running. */
export const run = (page) => page.locator('.graphiql-execute-button').click();

/** Goes to a tab. The open one has its closing in its name, so the text it is. */
export const goTo = (page, name) =>
  page.locator('.graphiql-tab-button', { hasText: new RegExp(`^${name}$`) }).click();

/** The names of the tabs, in their order. */
export const tabNames = (page) => page.getByRole('tab').allInnerTexts();

/** What the response pane shows of the answer: the lines that fit, with plain spaces. */
export const shown = async (page) => plain(await page.locator('.result-window').innerText());

/** Waits until the response pane shows something like this. */
export function shows(page, pattern, milliseconds) {
  const complain = async () => `the response does not show ${pattern} but: ${await shown(page)}`;
  return eventually(page, complain, async () => pattern.test(await shown(page)), milliseconds);
}

/** Runs a query or mutation; what was sent and what was answered. */
export async function runAndAnswer(page, name) {
  const isIt = (request) => request.method() === 'POST' && request.postDataJSON()?.operationName === name;
  const response = page.waitForResponse((one) => one.url().endsWith('/graphql') && isIt(one.request()));
  await run(page);
  const answered = await response;
  return { variables: answered.request().postDataJSON().variables ?? {}, answer: await answered.json() };
}

/** Waits until the ready tab has its variables filled in, which it says in a comment. */
export const filled = (page) =>
  eventually(page, 'the variables are not filled in', async () => {
    const text = await page.locator('.graphiql-editor-tool .monaco-editor').first().innerText();
    return /\/\/ \d/.test(plain(text)) && plain(text);
  });

/** Runs a ready mutation as it is filled in. Null if there was nothing to do, or no more. */
export async function attempt(page, name) {
  if (!/(conv|agent)_/.test(await filled(page))) return null;
  const done = await runAndAnswer(page, name);
  assert.equal(done.answer.errors, undefined);
  const errors = Object.values(done.answer.data).flatMap((payload) => payload.errors);
  return errors.length === 0 ? done : null;
}

/** Runs a ready mutation until it is carried out: the demo goes on meanwhile. */
export async function act(page, name) {
  await goTo(page, name);
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await attempt(page, name)) !== null) return;
    await page.waitForTimeout(1000);
    await page.getByRole('button', { name: 'Fill in ids' }).click();
    await page.waitForTimeout(500);
  }
  assert.fail(`${name} found nothing to do`);
}

/** The editor writes spaces that are not spaces. */
const plain = (text) => text.replaceAll('\u00a0', ' ');

/** Writes an operation into the tab as a whole: typed brackets would be closed twice. */
export async function write(page, text) {
  await page.locator('.graphiql-query-editor .monaco-editor').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

/** The chip of a subscription in the strip of what runs live. */
export const chip = (page, name) => page.locator('#live li').filter({ hasText: name });

/** How many events a chip counts. */
export async function counted(page, name) {
  const text = await chip(page, name).locator('.regie-live-count').innerText();
  return Number(/^(\d+) event/.exec(text)?.[1] ?? 0);
}

/** Waits until a subscription is in this state. */
export const inState = (page, name, state, milliseconds = 30_000) =>
  page.locator(`#live li[data-state="${state}"]`).filter({ hasText: name }).waitFor({ timeout: milliseconds });

/** Nothing is wider than the screen, and nothing in the bar lies over anything else. */
export async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert(!wide, 'the page is wider than the screen');
  const overlaps = await page.evaluate(() => {
    const shown = [...document.querySelectorAll('header :is(h1, button, select, summary, input)')]
      .map((node) => [node.id || node.className || node.tagName, node.getBoundingClientRect()])
      .filter(([, box]) => box.width > 2 && box.height > 2);
    return shown.flatMap(([one, a], index) =>
      shown.slice(index + 1).flatMap(([other, b]) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        return across > 2 && down > 2 ? [`${one} over ${other}`] : [];
      }),
    );
  });
  assert.deepEqual(overlaps, [], 'something lies over something else');
}
