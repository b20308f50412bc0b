// The steps of the README at a demo, as somebody does them who has read nothing else: one address, and at most so many clicks.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';

const MOST = 60;

/** At the desk of a demo that runs at this address. */
export async function firstHour({ url, open, step, sights }) {
  const page = await open(undefined, async (opened) => {
    await opened.addInitScript(() => {
      const counts = (kind, clicks) =>
        addEventListener(kind, (event) => event.isTrusted && sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks')) + clicks), true);
      counts('click', 1);
      // What a test chooses of a select, a person clicks open and clicks.
      addEventListener('change', ({ target }) => {
        if (target.matches('select')) sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks')) + 2);
      }, true);
    });
  });
  const clicks = () => page.evaluate(() => Number(sessionStorage.getItem('clicks')));
  const { action, connection, message, row, write } = hands(() => page);
  const dialog = page.getByRole('dialog');
  const bulk = page.getByRole('region', { name: 'With the chosen conversations' });
  const tab = (name) => page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
  const done = async () => assert.equal(await dialog.waitFor({ state: 'detached' }), undefined);
  /** Opens the first of these rows where all of it can be done: a demo goes on meanwhile. */
  const openOne = async (words, ...acts) => {
    for (const id of await rows(words)) {
      if ((await row(id).count()) === 0) continue;
      await row(id).click();
      await page.locator(`.panel[data-conversation="${id}"] .actions`).waitFor();
      // What has ended meanwhile has other buttons.
      const can = await Promise.all(acts.map((act) => action(act).and(page.locator('[aria-disabled="false"]')).count()));
      if (can.every((there) => there > 0)) return id;
    }
    throw new Error(`${acts}: no row with "${words}" lets one do it`);
  };
  const rows = (words) => page.locator('button.row', { hasText: words }).evaluateAll((all) => all.map((one) => one.dataset.conversation));

  await step('one command, one address', async () => {
    await page.goto(url);
    await connection('Live');
    await page.locator('button.row').first().waitFor();
  });

  let own;
  await step('watch, coach, join', async () => {
    own = await openOne('in conversation', 'Monitor', 'Take over');
    await action('Monitor').click();
    await message('').first().waitFor();
    await action('Coach').click();
    await write('Ask for the order number first.');
    await message('Ask for the order number first.').waitFor();
    await action('Join').click();
    await action('Leave').waitFor();
    await page.getByLabel('Who reads it').selectOption({ label: 'To everybody' });
    await write('Good day, I am the supervisor. I am sorry.');
    await message('Good day, I am the supervisor.').waitFor();
    await sights('first-hour', page);
  });

  await step('take over, give back', async () => {
    await action('Take over').click();
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await done();
    await row(own).getByText('Ingrid de Groot').waitFor();
    await action('Back to queue').click();
    await dialog.getByRole('button', { name: 'Give back' }).click();
    await done();
  });

  await step('assign one that waits', async () => {
    await openOne('Nobody yet', 'Assign');
    await action('Assign').click();
    await dialog.getByRole('radio').first().check();
    await dialog.getByRole('button', { name: 'Assign' }).click();
    await done();
  });

  await step('transfer one', async () => {
    await openOne('in conversation', 'Transfer');
    await action('Transfer').click();
    await dialog.getByRole('radio').first().check();
    await dialog.getByRole('button', { name: 'Ask for transfer' }).click();
    await done();
  });

  await step('end many at once', async () => {
    await page.keyboard.press('Escape');
    for (const number of [0, 1, 2]) await page.locator('.rows input[type=checkbox]').nth(number).click();
    await bulk.getByRole('button', { name: 'End conversations' }).click();
    await dialog.getByRole('button', { name: 'End conversations' }).click();
    await dialog.getByText(/\d done/).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await step("review yesterday's complaint", async () => {
    await tab('Past');
    const yesterday = await page.evaluate(() => {
      const day = new Date();
      day.setDate(day.getDate() - 1);
      return day.toLocaleDateString('sv');
    });
    await page.getByLabel('Closed from').fill(yesterday);
    await page.getByLabel('Closed until').fill(yesterday);
    await page.getByLabel('Rating').selectOption({ label: '1 or 2' });
    await page.locator('button.row', { hasText: /[12] of 5 stars/ }).first().click();
    await action('Review').click();
    await message('').first().waitFor();
  });

  await step("read the day's service level", async () => {
    await tab('Today');
    await page.locator('[data-figure=serviceLevel] .tile-value').getByText(/^\d+(\.\d)?%$/).waitFor();
  });

  const used = await clicks();
  process.stdout.write(`desk: the steps of the README take ${used} clicks (at most ${MOST})\n`);
  assert(used > 15 && used <= MOST, `${used} clicks`);
  await page.close();
}
