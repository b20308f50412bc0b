// GraphiQL in a real browser against a running server: signs in by a link, runs a query, a
// mutation and a subscription, and allows no request to any other host and no console error.
//
//   npm ci && BASE_URL=http://127.0.0.1:8080 TOKEN=… SCREENSHOTS=/tmp/shots node graphiql.mjs
//
// TOKEN is a supervisor's. CHROMIUM names the browser (default /usr/bin/chromium), and
// EVENT_SECONDS how long to wait for a change of sentiment (default 60).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { BASE_URL, TOKEN, SCREENSHOTS, CHROMIUM = '/usr/bin/chromium', EVENT_SECONDS = '60' } = process.env;
assert(BASE_URL && TOKEN, 'BASE_URL and TOKEN must be set');
const claims = JSON.parse(Buffer.from(TOKEN.split('.')[1], 'base64url').toString());
const host = new URL(BASE_URL).host;

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const elsewhere = [];
const complaints = [];

try {
  if (SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  watch(page);

  await page.goto(`${BASE_URL}/graphiql#token=${TOKEN}`);
  const who = page.locator('#who');
  await who.filter({ hasText: `Signed in as ${claims.sub}` }).waitFor();
  assert(!page.url().includes(TOKEN), 'the token is still in the address');
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'something outlives the tab');
  assert.match(await page.locator('#left').innerText(), /expires in|does not expire/);

  await run(page);
  await answered(page, /"ongoingConversations"[\s\S]*"totalCount"/);
  assert.doesNotMatch(await answer(page), /"errors"/);
  await shoot(page, 'query-1440');

  await page.getByRole('button', { name: 'New tab' }).click();
  await write(page, 'mutation { __typename }');
  await run(page);
  await answered(page, /"__typename"/);

  await page.getByRole('tab', { name: 'SentimentChanges' }).click();
  await run(page);
  await page.locator('#live').filter({ hasText: 'connected' }).waitFor();
  await answered(page, /"sentimentChanges"[\s\S]*"cursor"/, Number(EVENT_SECONDS) * 1000);
  assert.doesNotMatch(await answer(page), /"errors"/);
  await shoot(page, 'subscription-1440');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(500);
  await shoot(page, 'subscription-390');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert(!overflow, 'the page is wider than a phone');

  await run(page);
  await page.locator('#live').filter({ hasText: 'idle' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await who.filter({ hasText: 'Not signed in' }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify({ ...sessionStorage }).includes('eyJ')), false, 'the token outlives the session');

  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.match(await page.getByLabel('Token').evaluate((field) => field.validationMessage), /not a token/);
  await page.getByLabel('Token').fill(`Bearer ${TOKEN}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await who.filter({ hasText: 'Signed in as' }).waitFor();
  await shoot(page, 'signed-in-again-390');
  await page.waitForTimeout(500);

  assert.deepEqual(elsewhere, [], 'requests to other hosts');
  assert.deepEqual(complaints, [], 'console errors');
  process.stdout.write('GraphiQL: query, mutation and subscription work; nothing left the server\n');
} finally {
  await browser.close();
}

function watch(page) {
  const note = (address) => {
    const { protocol, host: to } = new URL(address);
    if (!['data:', 'blob:', 'about:'].includes(protocol) && to !== host) elsewhere.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  // The browser reports a breach of the content security policy here too.
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
}

/** Presses the execute button: it runs what the tab holds, or stops what is running. */
async function run(page) {
  await page.locator('.graphiql-execute-button').click();
}

async function write(page, text) {
  await page.locator('.graphiql-query-editor .monaco-editor').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  // Pasted as a whole: typed brackets would be closed twice.
  await page.keyboard.insertText(text);
}

/** What the response pane shows. The editor writes spaces that are not spaces. */
async function answer(page) {
  const lines = await page.locator('.result-window').innerText();
  return lines.replaceAll('\u00a0', ' ');
}

async function answered(page, pattern, milliseconds = 15_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const text = await answer(page);
    if (pattern.test(text)) return;
    assert(Date.now() < end, `no answer like ${pattern} but: ${text}`);
    await page.waitForTimeout(100);
  }
}

async function shoot(page, name) {
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `graphiql-${name}.png`) });
}
