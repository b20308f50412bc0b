// A supervisor's day: every ready tab in its order, with subscriptions that run on beside it.
import assert from 'node:assert/strict';
import { eventually, shoot } from '../chrome.mjs';
import {
  act,
  attempt,
  chip,
  counted,
  filled,
  fits,
  goTo,
  inState,
  openGraphiql,
  run,
  runAndAnswer,
  shows,
  tabNames,
  write,
} from './page.mjs';

const PATIENCE = Number(process.env.EVENT_SECONDS ?? 60) * 1000;

export async function aDay(browser, base) {
  const page = await browser.open();
  await openGraphiql(page, `${base}/graphiql`);
  await signedInByItself(page);
  // The first view has an answer before anything is pressed.
  await shows(page, /"ongoingSummary"/);
  await shoot(page, 'graphiql-start-1440');

  await goTo(page, 'Ongoing');
  await filled(page);
  const ongoing = await runAndAnswer(page, 'Ongoing');
  assert.equal(ongoing.answer.errors, undefined);
  assert(ongoing.answer.data.ongoingConversations.edges.length > 3, 'the demo is empty');
  await shows(page, /"ongoingSummary"/);
  await shoot(page, 'graphiql-ongoing-1440');

  await goTo(page, 'LiveList');
  assert.match(await filled(page), /queue_/);
  await run(page);
  await inState(page, 'LiveList', 'live');
  await shows(page, /"totalCount": [1-9]/);
  await goTo(page, 'Counts');
  await run(page);
  await inState(page, 'Counts', 'live');
  await shows(page, /"ongoingSummaryLive"/);
  await goTo(page, 'Today');
  await filled(page);
  await run(page);
  await inState(page, 'Today', 'live');
  await shows(page, /"insightsLive"/);
  for (const tab of ['WhereItBroke', 'WhoHandledWhat']) {
    await goTo(page, tab);
    await filled(page);
    // A demo that just began still counts its history.
    await eventually(page, `the demo has no figures for ${tab}`, async () => {
      const { answer } = await runAndAnswer(page, tab);
      assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
      return answer.data.insights.rows.length > 1;
    }, PATIENCE);
  }
  await shoot(page, 'graphiql-figures-1440');
  await goTo(page, 'WatchChanges');
  assert.match(await filled(page), /conv_/);
  await run(page);
  await inState(page, 'WatchChanges', 'live');

  await goTo(page, 'WatchSentiment');
  await run(page);
  await inState(page, 'WatchSentiment', 'live');

  await watchAndJoin(page);
  assert((await chip(page, 'WatchSentiment').count()) === 1, 'a change of tab ended a subscription');
  await eventually(page, 'the message was not read along', () => counted(page, 'ReadAlong'), PATIENCE);
  await page.locator('#live button', { hasText: 'ReadAlong' }).click();
  await shows(page, /"conversationTranscript"/);
  await shoot(page, 'graphiql-read-along-1440');

  await eventually(page, 'the list did not change', async () => (await counted(page, 'LiveList')) > 1, PATIENCE);
  await goTo(page, 'LiveList');
  await shows(page, /"changes"/);
  await shoot(page, 'graphiql-live-list-1440');
  await eventually(page, 'nothing happened in the conversations', () => counted(page, 'WatchChanges'), PATIENCE);
  await goTo(page, 'WatchChanges');
  await shows(page, /"__typename": "Conversation(ChangeEvent|LeftScope)"/);
  for (const name of ['LiveList', 'Counts', 'WatchChanges']) {
    await page.getByRole('button', { name: `Stop ${name}` }).click();
    await chip(page, name).waitFor({ state: 'detached' });
  }

  for (const name of ['Coach', 'AnswerHelp', 'Acknowledge', 'Assign', 'Transfer', 'Requeue', 'TakeOver']) await act(page, name);
  await shoot(page, 'graphiql-take-over-1440');
  const preview = await look(page, 'BulkPreview');
  const asked = preview.variables.ids;
  assert.deepEqual(preview.answer.data.bulkPreview.map(({ conversationId }) => conversationId), asked);
  for (const name of ['Bulk', 'Drain', 'ForceClose']) await act(page, name);
  const needs = await look(page, 'NeedsAttention', false);
  assert(needs.answer.data.ongoingConversations.totalCount > 0);
  const why = await look(page, 'WhyRefused');
  assert.equal(typeof why.answer.data.conversation.viewerCan.monitor.allowed, 'boolean');

  await eventually(page, 'no change of sentiment came', () => counted(page, 'WatchSentiment'), PATIENCE);
  await goTo(page, 'WatchSentiment');
  await shows(page, /"sentimentChanges"/);
  assert.doesNotMatch(await page.locator('.result-window').innerText(), /resumeCursor/);
  await shoot(page, 'graphiql-live-1440');

  // The conversation may have ended by itself, and the look with it.
  await goTo(page, 'Stop');
  if (/conv_/.test(await filled(page))) await runAndAnswer(page, 'Stop');

  await page.getByRole('button', { name: 'New tab' }).click();
  await write(page, 'mutation Mine { __typename }');
  assert.equal((await runAndAnswer(page, 'Mine')).answer.data.__typename, 'Mutation');

  // What the demo's messages have attached may be shown by the page's content security policy.
  assert(await loads(page, '/demo/media/receipt.svg'), 'the picture is not shown');

  await reads(page);
  await onAPhone(page);
  await page.close();
}

const loads = (page, address) =>
  page.evaluate((src) => {
    const picture = Object.assign(new Image(), { src });
    return picture.decode().then(() => picture.naturalWidth > 0, () => false);
  }, address);

async function signedInByItself(page) {
  await page.locator('#roles').filter({ hasText: 'supervisor' }).waitFor();
  assert.equal(await page.locator('#who').innerText(), 'ingrid');
  assert.match(await page.locator('#left').innerText(), /23:\d\d:\d\d left|1 d 0 h left/);
  await page.locator('#identity summary').click();
  const rights = await page.locator('#rights').innerText();
  for (const right of ['every queue', 'monitor, join, assign, transfer, force close', 'supervisor']) {
    const words = right.split(', ');
    assert(words.every((word) => rights.includes(word)), `${rights} does not say ${right}`);
  }
  await page.locator('#identity summary').click();
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'something outlives the tab');
  assert((await tabNames(page)).length >= 12, 'the ready tabs are not there');
}

/** Runs a ready query, which answers. */
async function look(page, name, fills = true) {
  await goTo(page, name);
  if (fills) await filled(page);
  const looked = await runAndAnswer(page, name);
  assert.equal(looked.answer.errors, undefined, JSON.stringify(looked.answer.errors));
  return looked;
}

/** Watches a conversation, reads along, joins and writes; the first one may end meanwhile. */
async function watchAndJoin(page) {
  for (let tries = 0; tries < 6; tries += 1) {
    await goTo(page, 'Monitor');
    await filled(page);
    await shoot(page, 'graphiql-monitor-1440');
    if ((await attempt(page, 'Monitor')) === null) continue;
    await goTo(page, 'ReadAlong');
    if (!/conv_/.test(await filled(page))) continue;
    if ((await chip(page, 'ReadAlong').count()) === 0) await run(page);
    // The conversation may have ended since its id was filled in.
    const state = await eventually(page, 'ReadAlong neither runs nor ends', async () => {
      const now = await chip(page, 'ReadAlong').getAttribute('data-state');
      return ['live', 'ended'].includes(now) && now;
    });
    await goTo(page, 'JoinAndWrite');
    if (state === 'live' && (await attempt(page, 'JoinAndWrite')) !== null) return;
    await page.getByRole('button', { name: 'Stop ReadAlong' }).click();
  }
  assert.fail('no conversation lasted long enough to be joined');
}

/** The documentation says what the schema says. */
async function reads(page) {
  await page.locator('.graphiql-sidebar [aria-label*="Documentation"]').click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByText('ongoingConversations', { exact: true }).first().waitFor();
  await page.waitForTimeout(300);
  await shoot(page, 'graphiql-docs-1440');
  await page.locator('.graphiql-sidebar [aria-label*="Documentation"]').click();
}

/** Every tab can be brought onto the screen, and lies under nothing. */
async function reachesTabs(page) {
  const tabs = page.getByRole('tab');
  for (let nth = 0; nth < (await tabs.count()); nth += 1) {
    const tab = tabs.nth(nth);
    await tab.scrollIntoViewIfNeeded();
    const isThere = await tab.evaluate((node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return node.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
    assert(isThere, `the tab ${await tab.innerText()} cannot be reached`);
  }
}

async function onAPhone(page) {
  await reachesTabs(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(500);
  await fits(page);
  await reachesTabs(page);
  await goTo(page, 'Ongoing');
  await runAndAnswer(page, 'Ongoing');
  await shows(page, /"ongoing/);
  await shoot(page, 'graphiql-390');
  await page.locator('#identity summary').click();
  await fits(page);
  await shoot(page, 'graphiql-identity-390');
}
