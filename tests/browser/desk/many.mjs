// The list as a supervisor lives in it: what is asked for is in the address, is kept under a name and survives a reload;
// several conversations side by side; one act on many.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { boxes } from './sight.mjs';

export async function many({ open, step, sights, world, token, ask }) {
  const { sanne } = world.agents;
  const names = ['Abel Vos', 'Bea Smit', 'Cas Mulder', 'Dora Bakker', 'Evi Visser'];
  const ids = [];
  for (const name of names) ids.push(await world.start(name, 'Bulk of lamps', { tags: ['bulk'], priority: 'LOW' }));
  const [abel, bea, cas, dora, evi] = ids;
  for (const id of [abel, bea, cas, dora]) await sanne.pick(id);

  const page = await open(undefined, (opened) => opened.context().grantPermissions(['clipboard-read', 'clipboard-write']));
  const { action, connection, filter, row, signIn } = hands(() => page);
  await signIn(token);
  await row(evi).waitFor();
  const rows = () => page.locator('button.row').count();
  const panels = () => page.locator('.panel').evaluateAll((all) => all.map((one) => one.dataset.panel));

  await step('every filter is asked of the server, and is in the address', async () => {
    await filter('Wrap-up', 'Active', 'WhatsApp', 'Low', 'Sanne de Vries');
    await page.getByRole('button', { name: 'Without Sanne de Vries' }).waitFor();
    await eventually('four rows', async () => (await rows()) === 4);
    await page.getByRole('button', { name: 'Without Active' }).click();
    await page.getByText('No conversation matches the filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: /^Filters/ }).click();
    const conditions = page.locator('.conditions');
    await conditions.getByLabel('Tag').fill('BULK');
    await page.keyboard.press('Enter');
    await eventually('five rows', async () => (await rows()) === 5);
    await conditions.getByLabel('Agent', { exact: true }).last().selectOption({ label: 'Nobody yet' });
    await eventually('one row', async () => (await rows()) === 1);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`filters-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await conditions.getByLabel('Agent', { exact: true }).last().selectOption({ label: 'All' });
    await page.getByRole('button', { name: /^Filters/ }).click();
    await row(bea).waitFor();
    await page.getByLabel('Subject or customer').fill('vos');
    await row(bea).waitFor({ state: 'detached' });
    await row(abel).waitFor();
    const asked = new URLSearchParams((await page.evaluate(() => location.hash)).split('?')[1]);
    assert.deepEqual([asked.get('tag'), asked.get('text')], ['BULK', 'vos']);
  });

  await step('a reload and a colleague see the same', async () => {
    await row(abel).click();
    await page.locator(`.panel[data-panel="${abel}"] .actions`).waitFor();
    await page.reload();
    await page.locator(`.panel[data-panel="${abel}"] .actions`).waitFor();
    await row(abel).waitFor();
    assert.equal(await rows(), 1);
    const colleague = await open();
    await colleague.goto(page.url());
    await hands(() => colleague).signIn(token);
    await colleague.locator(`.panel[data-panel="${abel}"] .actions`).waitFor();
    await hands(() => colleague).row(abel).waitFor();
    assert.equal(await colleague.locator('button.row').count(), 1);
    await colleague.close();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByLabel('Subject or customer').fill('');
    await row(bea).waitFor();
  });

  await step('a view is kept under a name, in this browser, and copied for others', async () => {
    await page.getByText('Saved views').click();
    await page.getByLabel('Save this view as').fill('Lamps');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Copy address' }).click();
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
    await sights('saved-views', page);
    await page.getByText('Saved views').click();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await eventually('more rows', async () => (await rows()) > 5);
    await page.reload();
    await page.getByText('Saved views').click();
    await page.getByRole('button', { name: 'Lamps', exact: true }).click();
    await eventually('five rows', async () => (await rows()) === 5);
    await page.getByText('Saved views').click();
  });

  await step('what I monitor is one click away, however many there are', async () => {
    for (const id of [abel, cas]) {
      await row(id).click();
      await page.locator(`.panel[data-panel="${id}"] .actions`).waitFor();
      await action('Monitor').click();
      await action('Stop monitoring').waitFor();
      await row(id).getByRole('img', { name: 'You monitor' }).waitFor();
    }
    await page.getByLabel(/Monitored by me/).check();
    await eventually('two rows', async () => (await rows()) === 2);
    await action('Stop monitoring').click();
    await row(cas).waitFor({ state: 'detached' });
    await page.getByLabel(/Monitored by me/).uncheck();
    await row(cas).waitFor();
    await page.keyboard.press('Escape');
  });

  await step('up to four stand side by side, each live', async () => {
    for (const id of [abel, bea, cas, dora]) {
      await row(id).click();
      const panel = page.locator(`.panel[data-panel="${id}"]`);
      await panel.locator('.actions').waitFor();
      if (id !== dora) await panel.getByRole('button', { name: 'Keep beside' }).click();
    }
    assert.deepEqual(await panels(), [abel, bea, cas, dora]);
    assert.equal(await page.locator(`.panel[data-panel="${dora}"]`).getByRole('button', { name: 'Keep beside' }).count(), 0);
    for (const id of [bea, cas, dora]) {
      await page.locator(`.panel[data-panel="${id}"]`).getByRole('button', { name: 'Monitor', exact: true }).click();
    }
    for (const id of [abel, bea, cas, dora]) {
      await world.say(id, `I am ${id}.`);
      await page.locator(`.panel[data-panel="${id}"] .messages`).getByText(`I am ${id}.`).waitFor();
    }
    await page.setViewportSize({ width: 2560, height: 1300 });
    await sights('four', page);
    await page.setViewportSize({ width: 1440, height: 900 });
    await sights('four-1440', page);
    // Another takes the room of the one that is not kept.
    await row(evi).click();
    await eventually('the last gave way', async () => (await panels()).at(-1) === evi);
    assert.deepEqual(await panels(), [abel, bea, cas, evi]);
    await page.reload();
    await eventually('they are there again', async () => (await panels()).length === 4);
    for (const id of [evi, cas, bea, abel]) {
      await page.locator(`.panel[data-panel="${id}"]`).getByRole('button', { name: 'Close', exact: true }).click();
    }
    assert.deepEqual(await panels(), []);
  });

  await step('the line of sentiment and the labels of a conversation', async () => {
    await row(abel).click();
    await world.say(abel, 'This is terrible. I am furious, the worst service ever, awful!');
    await world.say(abel, 'Thank you, this is wonderful, great help!');
    await page.getByRole('img', { name: /^Over \d+ messages, from / }).waitFor();
    const labels = page.getByRole('group', { name: 'Labels' });
    await labels.getByLabel('New tag').fill('lamp');
    await page.keyboard.press('Enter');
    await row(abel).getByText('Tag: lamp', { exact: true }).waitFor({ state: 'attached' });
    await labels.getByRole('button', { name: 'Remove tag lamp' }).click();
    await row(abel).getByText('Tag: lamp', { exact: true }).waitFor({ state: 'detached' });
    await labels.getByLabel('Priority').selectOption({ label: 'Urgent' });
    await row(abel).getByText('Urgent').waitFor();
    await page.keyboard.press('Escape');
  });

  await step('a row shows how urgent it is, and counts the reasons that it has no room for', async () => {
    await world.say(abel, 'This is terrible. I am furious, the worst service ever, awful!');
    await sanne.act('requestHelp', { conversationId: abel });
    const others = row(abel).locator('.others');
    await others.getByText('+1', { exact: true }).waitFor();
    const heard = await row(abel).locator('.attention').innerText();
    assert.match(heard, /Agent asks for help/);
    assert.match(heard, /Unhappy customer/);
    for (const width of [1440, 1100, 700, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const [cell, ...signs] = await boxes(row(abel).locator('.attention'), row(abel).locator('.priority'), others, row(abel).locator('.chip').first());
      for (const box of signs) {
        assert(box.width > 15 && box.x >= cell.x && box.x + box.width <= cell.x + cell.width + 1 && box.y + box.height <= cell.y + cell.height + 1, `in sight at ${width}: ${JSON.stringify({ cell, box })}`);
      }
      await sights(`reasons-${width}`, page);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('what is done to many has an outcome for each', async () => {
    const dialog = page.getByRole('dialog');
    const bulk = page.getByRole('region', { name: 'With the chosen conversations' });
    for (const id of [abel, bea, evi]) await page.locator(`li:has([data-conversation="${id}"]) .pick`).check();
    await bulk.getByText('3 chosen').waitFor();
    await bulk.getByRole('button', { name: 'Back to queue' }).click();
    await dialog.getByText('It can be done to 2 now; 1 would be refused.').waitFor();
    await dialog.getByText('1 × The conversation is not in a state for this.').waitFor();
    assert.deepEqual(await dialog.getByRole('list', { name: '3 chosen' }).getByRole('listitem').allInnerTexts(), ['Abel Vos · Bulk of lamps', 'Bea Smit · Bulk of lamps', 'Evi Visser · Bulk of lamps']);
    await sights('bulk', page);
    await dialog.getByRole('button', { name: 'Back to queue' }).click();
    await dialog.getByText('2 done, 1 refused').waitFor();
    const outcomes = await dialog.locator('.outcomes li').allInnerTexts();
    assert.equal(outcomes.length, 3);
    assert.match(outcomes[0], /Abel Vos · Bulk of lamps\s+Done/);
    assert.match(outcomes[2], /Evi Visser · Bulk of lamps\s+The conversation is not in a state for this\./);
    assert.doesNotMatch(outcomes.join(), /[A-Z]+_[A-Z]+/);
    await sights('bulk-outcomes', page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await row(abel).getByText('Nobody yet').waitFor();
    // What was refused stays chosen.
    await bulk.getByText('1 chosen').waitFor();
    await bulk.getByRole('button', { name: 'Add tags' }).click();
    await dialog.getByLabel('Tags, with commas between').fill('seen, lamp');
    await dialog.getByRole('button', { name: 'Add tags' }).click();
    await dialog.getByText('1 done, 0 refused').waitFor();
    await page.keyboard.press('Escape');
    await row(evi).getByText('seen').waitFor({ state: 'attached' });
    await bulk.waitFor({ state: 'detached' });
  });

  await step('all that match are ended at once', async () => {
    await page.getByLabel('Choose all').click();
    const bulk = page.getByRole('region', { name: 'With the chosen conversations' });
    await bulk.getByText('5 chosen').waitFor();
    await bulk.getByRole('button', { name: 'End conversations' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It can be done to 5 now; 0 would be refused.').waitFor();
    await dialog.getByLabel('Reason').fill('The lamps are recalled');
    await page.getByRole('dialog').getByRole('button', { name: 'End conversations' }).click();
    await dialog.getByText('5 done, 0 refused').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('No conversation matches the filters.').waitFor();
    const states = await ask('query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { state } } }', { ids });
    assert.deepEqual(states.map(({ state }) => state), ids.map(() => 'CLOSED'));
  });

  await step('Dutch, dark and a telephone', async () => {
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.asked button[aria-expanded]').click();
    await sights('filters-nl-390', page);
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active', reducedMotion: 'reduce' });
    await page.screenshot();
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    await connection('Live');
  });
  await page.close();
}

async function eventually(what, look) {
  const end = Date.now() + 30_000;
  while (!(await look())) {
    assert(Date.now() < end, `not so: ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
