// The desk in a real browser, as a server that is killed and started again has it: it shows a change of sentiment, acts,
// says why it may not, goes on where it was, and shows thousands.
//
//   npm ci && BINARY=…/regie SCREENSHOTS=/tmp/shots node desk.mjs
//
// BINARY is Regie's, with the desk in it. DEVELOP=1 takes the desk of web/desk as it is worked on instead. MANY says how many
// conversations there are in the end (default 5,000), PARTS which parts of the test run (default all). CHROMIUM names the
// browser (default /usr/bin/chromium). Times are generous, since it says what it measured.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { alerts } from './desk/alerts.mjs';
import { audit } from './desk/audit.mjs';
import { carried } from './desk/carried.mjs';
import { demo } from './desk/demo.mjs';
import { hands } from './desk/hands.mjs';
import { long } from './desk/long.mjs';
import { many } from './desk/many.mjs';
import { caller, develop, regie } from './desk/server.mjs';
import { barriers, faintTexts, isTooWide, nameless } from './desk/sight.mjs';
import { signingIn } from './desk/signing-in.mjs';
import { stage } from './desk/stage.mjs';
import { steppingIn } from './desk/stepping-in.mjs';
import { team } from './desk/team.mjs';
import { today } from './desk/today.mjs';
import { troubles } from './desk/troubles.mjs';

const { BINARY, SCREENSHOTS, DEVELOP, MANY = '5000', PARTS = 'demo,desk,troubles,carried,stepping-in,token,many,alerts,team,today,audit,signing-in,long', CHROMIUM = '/usr/bin/chromium' } = process.env;
const parts = PARTS.split(',');
assert(BINARY, 'BINARY must be set');
const PATIENCE = 30_000;

const folder = await mkdtemp(join(tmpdir(), 'regie-desk-'));
const server = await regie(resolve(BINARY), folder);
const complaints = [];
/** While the server is away the browser rightly complains of the network. */
let isDown = false;
let page;
let browser;
let front;
const { action, connection, filter, message, row, signIn, write } = hands(() => page);

try {
  if (SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true });
  await server.start();
  const world = await stage(server);
  const { sanne, full } = world.agents;
  const joost = await world.start('Joost Mol', 'Order 1834 never arrived');
  const emily = await world.start('Emily Stone', 'Charged twice');
  const hannah = await world.start('Hannah Price', 'A laptop for a student');
  await world.start('Ivo Brouwer', 'Pakket al een week onderweg');
  await sanne.pick(joost);
  await world.say(joost, 'Hello, I am waiting for order 1834.');
  await sanne.write(joost, 'Good afternoon, I will look for it.');
  const everything = ['--queues', '*', '--permissions', 'all'];
  const token = server.token('ingrid', 'supervisor', ...everything);
  const ingrid = caller(server.url, token);

  front = DEVELOP ? await develop(resolve('../../web/desk'), server.url) : { url: server.url, stop: () => {} };
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  if (parts.includes('demo')) await demo({ binary: resolve(BINARY), open, step, sights, down: (is) => (isDown = is) });
  page = await open();
  if (parts.includes('desk')) {
  // What looks for faint texts finds one.
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('i'), { id: 'faint', style: 'color: #999', innerText: 'faint' })));
  assert.deepEqual((await faintTexts(page)).map((text) => text.slice(0, 6)), ['faint:']);
  await page.evaluate(() => document.querySelector('#faint').remove());

  // Who is not signed in is told what to do, and what is wrong with what they pasted.
  assert.deepEqual(await nameless(page), []);
  await signIn('not a token');
  await page.getByText('This is not a token').waitFor();
  await signIn(token);
  await connection('Live');
  await row(joost).waitFor();
  assert.equal(await page.locator('button.row').count(), 4);
  await page.waitForFunction(() => document.activeElement.id === 'ongoing');

  await step('a change of sentiment shows', async () => {
    // Up to three times, with another customer each: a machine that stalls is not the desk's delay.
    let took;
    for (const id of [joost, emily, hannah]) {
      const begin = Date.now();
      await world.say(id, 'This is terrible. I am furious, the worst service ever, awful!');
      await row(id).getByText('Unhappy customer').waitFor();
      took = Date.now() - begin;
      process.stdout.write(`desk: a change of sentiment shows ${took} ms after the message was sent (aim 1,000; bound 5,000)\n`);
      if (took < 5_000) break;
    }
    assert(took < 5_000, `it took ${took} ms`);
    assert.match(await row(joost).innerText(), /negative/i);
  });

  await step('the list is filtered and sorted by the server', async () => {
    await filter('Active');
    await row(emily).waitFor({ state: 'detached' });
    assert.equal(await page.locator('button.row').count(), 1);
    await page.getByRole('button', { name: 'Without Active' }).click();
    await row(emily).waitFor();
    await page.getByLabel('Order').selectOption({ label: 'Longest wait first' });
    await page.locator(`li[aria-posinset="1"] [data-conversation="${emily}"]`).waitFor();
    await page.getByLabel('Order').selectOption({ label: 'Attention first' });
    await page.locator(`li[aria-posinset="1"] [data-conversation="${joost}"]`).waitFor();
  });

  await step('the keyboard suffices', async () => {
    await row(joost).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.panel .actions').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    // Closing gives the focus back to the row.
    await page.waitForFunction(() => document.activeElement.className === 'row');
  });

  await step('a refusal says its reason', async () => {
    await row(emily).click();
    const monitor = action('Monitor');
    await monitor.waitFor();
    assert.equal(await monitor.getAttribute('aria-disabled'), 'true');
    const reason = page.locator(`[id="${await monitor.getAttribute('aria-describedby')}"]`);
    assert.equal(await reason.textContent(), 'The conversation is not in a state for this.');
    assert(!(await reason.isVisible()));
    await monitor.focus();
    await reason.waitFor({ state: 'visible' });
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.trouble:not(:empty)').count(), 0, 'it does nothing');
    await sights('refusal');
  });

  await step('an assign with an override reaches who is away', async () => {
    await action('Assign').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Sanne de Vries').waitFor();
    assert.equal(await dialog.getByLabel('Fleur Mulder').count(), 0);
    await dialog.getByLabel('Also people with another presence').check();
    await dialog.getByLabel('Search by name').fill('fleur');
    await dialog.getByLabel('Fleur Mulder').check();
    const submit = dialog.getByRole('button', { name: 'Assign' });
    assert.equal(await submit.getAttribute('aria-disabled'), 'true');
    await dialog.getByLabel('Assign although the presence is Away').check();
    await dialog.getByLabel('Reason').fill('She asked for it');
    await sights('assign');
    await submit.click();
    await dialog.waitFor({ state: 'detached' });
    await row(emily).getByText('Offered to Fleur Mulder').waitFor();
    await action('Withdraw offer').click();
    await row(emily).getByText('Nobody yet').waitFor();
  });

  await step('of two who act the later is told', async () => {
    await row(hannah).click();
    await page.locator(`.panel[data-conversation="${hannah}"] .actions`).waitFor();
    await action('Assign').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Oliver Bennett').check();
    await sanne.pick(hannah);
    await dialog.getByText('Somebody has it already.').waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Assign' }).getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.locator(`.panel[data-conversation="${hannah}"]`).count(), 1, 'only the dialog closes');
  });

  await step('who is told that it changed decides again, on what they see now', async () => {
    const changed = await world.start('Lotte Bakker', 'Two who look');
    await row(changed).click();
    await page.locator(`.panel[data-conversation="${changed}"] .actions`).waitFor();
    await action('Assign').click();
    const dialog = page.getByRole('dialog');
    const submit = dialog.getByRole('button', { name: 'Assign' });
    await dialog.getByLabel('To a queue').selectOption({ label: 'Complaints' });
    await sanne.pick(changed);
    await dialog.getByText('Somebody has it already.').waitFor();
    await ingrid('mutation($input: RequeueConversationInput!) { requeueConversation(input: $input) { errors { code } } }', {
      input: { conversationId: changed },
    });
    await dialog.getByText('Somebody has it already.').waitFor({ state: 'detached' });
    await submit.click();
    await dialog.getByRole('alert').filter({ hasText: 'has changed meanwhile' }).waitFor();
    await dialog.getByRole('status').getByText('What you see now is how it is:').waitFor();
    await dialog.getByRole('status').getByText('awaits an agent').waitFor();
    await sights('changed-meanwhile');
    await submit.click();
    await dialog.waitFor({ state: 'detached' });
    await row(changed).getByText('Complaints').waitFor();
    // What cannot be done any more says why, also where it has ended.
    await action('Assign').click();
    await dialog.getByLabel('To a queue').waitFor();
    await ingrid('mutation($input: ForceCloseConversationInput!) { forceCloseConversation(input: $input) { errors { code } } }', {
      input: { conversationId: changed },
    });
    await dialog.getByText('The conversation is closed.').waitFor();
    assert.equal(await submit.getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('Escape');
    await row(changed).waitFor({ state: 'detached' });
  });

  await step('a waiting conversation moves to another queue', async () => {
    const moved = await world.start('Piet Kok', 'Klacht over de bezorger');
    await row(moved).click();
    await page.locator(`.panel[data-conversation="${moved}"] .actions`).waitFor();
    await action('Assign').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('To a queue').selectOption({ label: 'Complaints' });
    await dialog.getByRole('button', { name: 'Assign' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.facts').getByText('Complaints').waitFor();
    await row(moved).getByText('Complaints').waitFor();
    await action('End conversation').click();
    await dialog.getByRole('button', { name: 'End conversation' }).click();
    await row(moved).waitFor({ state: 'detached' });
  });

  await step('a transfer over capacity is confirmed, and stays until it is answered', async () => {
    await row(hannah).click();
    await page.locator(`.panel[data-conversation="${hannah}"] .actions`).waitFor();
    const dialog = page.getByRole('dialog');
    const ask = async () => {
      await action('Transfer').click();
      const noah = dialog.locator('.candidate', { hasText: 'Noah Peters' });
      // Said before he is chosen: the room there is, what this takes, where he works, and what stands against him.
      assert.match(await noah.innerText(), /-?\d+ of \d+ units free, this takes \d+[\s\S]*Messaging[\s\S]*\d+ units? too few/);
      await noah.getByRole('radio').check();
      const submit = dialog.getByRole('button', { name: 'Ask for transfer' });
      await submit.click({ force: true });
      await dialog.getByText('Confirm what stands against it.').waitFor();
      assert.equal(await submit.getAttribute('aria-disabled'), 'true');
      await dialog.getByLabel(/^Exceed the capacity by \d units?$/).check();
      await sights('transfer');
      await submit.click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Noah Peters has').waitFor();
      await row(hannah).getByText('Sanne de Vries').waitFor();
    };
    await ask();
    await action('Cancel transfer').click();
    await page.getByText('Noah Peters has').waitFor({ state: 'detached' });
    await row(hannah).getByText('Sanne de Vries').waitFor();
    await ask();
    await full.accept(hannah);
    await row(hannah).getByText('Noah Peters').waitFor();
    await page.getByText('Noah Peters has').waitFor({ state: 'detached' });
  });

  await step('who monitors reads along and writes to colleagues', async () => {
    await row(joost).click();
    await page.getByText('Monitor the conversation to read along').waitFor();
    await action('Monitor').click();
    await message('I am waiting for order 1834').waitFor();
    await sanne.write(joost, 'I have found it.');
    await message('I have found it.').waitFor();
    await write('Offer a refund.');
    await message('Offer a refund.').filter({ hasText: 'Internal' }).waitFor();
  });

  await step('who joins writes to everybody', async () => {
    await action('Join').click();
    await action('Leave').waitFor();
    await page.getByLabel('Who reads it').selectOption({ label: 'To everybody' });
    await write('This is Ingrid. I am sorry.');
    const said = message('This is Ingrid. I am sorry.');
    await said.waitFor();
    assert(!/Internal/.test(await said.innerText()));
    await action('Leave').click();
    await action('Join').waitFor();
    await page.locator('.facts').getByText('Watched by ingrid (you)').waitFor();
  });

  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await sights(`panel-${scheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });

  await step('it goes on where it was when the server was killed', async () => {
    isDown = true;
    await server.kill();
    await connection('Reconnecting');
    await page.locator('.notice').getByText('The connection is lost.').waitFor();
    assert.equal(await action('Join').getAttribute('aria-disabled'), 'true', 'nothing can be done while nobody answers');
    await write('Sent while nobody was there.');
    await sights('lost');
    await server.start();
    await world.say(joost, 'Are you still there?');
    const fatima = await world.start('Fatima El Idrissi', 'Dubbele afschrijving');
    await connection('Live');
    await message('Are you still there?').waitFor();
    await message('Sent while nobody was there.').waitFor();
    await row(fatima).waitFor();
    isDown = false;
    await world.say(joost, 'Good.');
    await message('Good.').waitFor();
    const shown = await page.locator('.messages .text').allInnerTexts();
    const transcript = await ingrid(
      'query($id: ID!) { conversation(id: $id) { transcript(last: 100) { edges { node { text } } } } }',
      { id: joost },
    );
    const stored = transcript.transcript.edges.map((edge) => edge.node.text);
    assert.deepEqual(shown, stored, 'nothing lost, nothing doubled, in order');
    assert.equal(stored.filter((text) => text === 'Sent while nobody was there.').length, 1);
    assert.equal(await page.locator('button.row').count(), 5);
  });

  await step('Dutch is spoken throughout', async () => {
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.getByRole('heading', { name: 'Lopende gesprekken' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'nl');
    const assign = action('Toewijzen');
    const reason = page.locator(`[id="${await assign.getAttribute('aria-describedby')}"]`);
    assert.equal(await reason.textContent(), 'Iemand anders heeft het al.');
    // Regie's own messages too.
    await message('Een supervisor neemt deel aan het gesprek.').waitFor();
    await sights('panel-nl');
  });

  await step('it fits a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await sights('panel-nl-390');
    await page.getByRole('button', { name: 'Sluiten', exact: true }).click();
    await row(joost).waitFor();
    await sights('list-nl-390');
    await page.getByRole('button', { name: 'English' }).click();
    await sights('list-390');
    await row(joost).click();
    await message('Good.').waitFor();
    await sights('panel-390');
    await page.emulateMedia({ colorScheme: 'dark' });
    await sights('panel-390-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    // Another tab is shown, not behind what is open; "back" opens it again.
    await page.getByRole('navigation').getByRole('button', { name: 'Past', exact: true }).click();
    await page.getByRole('heading', { name: 'Past conversations', exact: true }).waitFor();
    assert.equal(await page.locator('.panel').count(), 0);
    await page.goBack();
    await message('Good.').waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('ending a conversation is asked for twice, and ends it', async () => {
    await action('End conversation').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Use it sparingly').waitFor();
    await sights('force-close');
    await dialog.getByRole('button', { name: 'End conversation' }).click();
    await row(joost).waitFor({ state: 'detached' });
    await page.locator('.panel').getByText('closed by a supervisor').waitFor();
  });

  await page.close();
  }
  // Somebody has it by then, whichever parts run.
  if (parts.includes('troubles') && !parts.includes('desk')) await sanne.pick(hannah);
  if (parts.includes('troubles')) await troubles({
    open,
    step,
    sights,
    world,
    token,
    next: (ttl) => server.token('ingrid', 'supervisor', ...everything, '--ttl', ttl),
    conversations: { accepted: hannah, waiting: emily },
  });

  // A review ends with the token that began it: one that lasts.
  if (parts.includes('carried')) await carried({ open, step, sights, world, token: server.token('ingrid', 'supervisor', ...everything) });

  const lead = server.token('petra', 'supervisor', '--role', 'agent', ...everything);
  if (parts.includes('stepping-in')) await steppingIn({ open, step, sights, world, token, lead });

  if (parts.includes('token')) await step('the next token goes to the connection that there is', async () => {
    const seconds = 45;
    const short = server.token('ingrid', 'supervisor', ...everything, '--ttl', `${seconds}s`);
    const ends = Date.now() + seconds * 1000;
    page = await open();
    let sockets = 0;
    page.on('websocket', (socket) => (sockets += socket.url().endsWith('/graphql') ? 1 : 0));
    await signIn(short);
    await connection('Live');
    await page.getByText('Your sign-in ends in').waitFor();
    await sights('token-ending');
    await page.getByLabel('Next token').fill(server.token('ingrid', 'supervisor', ...everything));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Your sign-in ends in').waitFor({ state: 'detached' });
    await page.waitForTimeout(ends + 2_000 - Date.now());
    const late = await world.start('Late Visser', 'Na het eerste token');
    await row(late).waitFor();
    await connection('Live');
    assert.equal(sockets, 1, 'the connection outlived its first token');
    await page.close();
  });

  if (parts.includes('many')) await many({ open, step, sights, world, token, ask: ingrid });
  if (parts.includes('alerts')) await alerts({ open, step, sights, world, token, down: (is) => (isDown = is), server });
  if (parts.includes('team')) await team({ open, step, sights, world, token, down: (is) => (isDown = is), server });
  if (parts.includes('today')) await today({ open, step, sights, world, token, ask: ingrid, down: (is) => (isDown = is), server });
  if (parts.includes('audit')) await audit({ open, step, sights, world, server, everything });
  if (parts.includes('signing-in')) {
    await signingIn({ binary: resolve(BINARY), folder, desk: DEVELOP && resolve('../../web/desk'), open, step, sights, down: (is) => (isDown = is) });
  }
  if (parts.includes('long')) await long({ open, step, sights, world, token, ask: ingrid, many: Number(MANY) });

  assert.deepEqual(complaints, [], 'console errors');
  process.stdout.write('desk: all of it works, in two languages and two sizes\n');
} catch (error) {
  if (SCREENSHOTS && page) await browser?.contexts().at(-1)?.pages().at(-1)?.screenshot({ path: join(SCREENSHOTS, 'desk-failed.png') }).catch(() => {});
  throw error;
} finally {
  await browser?.close();
  front?.stop();
  await server.kill().catch(() => {});
  await rm(folder, { recursive: true, force: true });
}

/** A page of the desk; `before` is called before it loads. */
async function open(options = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' }, before = async () => {}) {
  const opened = await browser.newPage(options);
  await before(opened);
  opened.setDefaultTimeout(PATIENCE);
  opened.on('crash', () => complaints.push('the page crashed'));
  opened.on('pageerror', (error) => complaints.push(String(error)));
  opened.on('console', (said) => {
    if (said.type() === 'error' && !isDown) complaints.push(said.text());
  });
  await opened.goto(front.url);
  return opened;
}

async function step(name, act) {
  const begin = Date.now();
  await act();
  process.stdout.write(`desk: ${name} (${Date.now() - begin} ms)\n`);
}

/** What is on screen can be read, is not cut off, and is kept as a picture. */
async function sights(name, here = page) {
  // What glows or fades has done so.
  await here.evaluate(() => {
    const finite = (one) => one.effect?.getComputedTiming().endTime !== Infinity;
    for (const one of document.getAnimations().filter(finite)) one.finish();
  });
  assert.deepEqual(await faintTexts(here), [], `faint texts: ${name}`);
  assert.deepEqual(await nameless(here), [], `nameless controls: ${name}`);
  assert.deepEqual(await barriers(here), [], `barriers: ${name}`);
  assert(!(await isTooWide(here)), `wider than the window: ${name}`);
  if (SCREENSHOTS) await here.screenshot({ path: join(SCREENSHOTS, `desk-${name}.png`) });
}
