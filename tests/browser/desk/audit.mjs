// What I did: all of it, by kind and time, refusals included, with the conversation a press away; and nothing that others did.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { caller } from './server.mjs';

/** So often somebody looks: more than a page has, since each look begins and ends. */
const LOOKS = 30;

export async function audit({ open, step, sights, world, server, everything }) {
  const { sanne } = world.agents;
  const token = server.token('mira', 'supervisor', ...everything);
  const [mira, others] = [caller(server.url, token), caller(server.url, server.token('ingrid', 'supervisor', ...everything))];
  const act = (ask, mutation, input) => {
    const type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`;
    return ask(`mutation($input: ${type}!) { ${mutation}(input: $input) { errors { code } } }`, { input });
  };
  const id = await world.start('Vera Smit', 'A lamp that hums');
  const waiting = await world.start('Wim Bos', 'Nobody has it');
  await sanne.pick(id);
  for (let look = 0; look < LOOKS; look += 1) {
    await act(mira, 'monitorConversation', { conversationId: id });
    await act(mira, 'stopMonitoring', { conversationId: id });
  }
  await act(others, 'monitorConversation', { conversationId: id });
  await assert.rejects(act(mira, 'monitorConversation', { conversationId: waiting }));
  await act(mira, 'requeueConversation', { conversationId: id, reason: 'Her shift ends' });
  await act(mira, 'monitorConversation', { conversationId: await ofSanne(world, sanne) });

  const page = await open();
  const { connection, signIn } = hands(() => page);
  const entries = page.locator('.audit > li');
  const entry = (words) => entries.filter({ hasText: words });
  const count = (words) => page.locator('.heading [role=status]').getByText(words, { exact: true }).waitFor();
  await signIn(token);
  await connection('Live');

  await step('what I did is listed, latest first, and nothing of others', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Audit', exact: true }).click();
    await count(`${2 * LOOKS + 3} entries`);
    assert.match(await entries.nth(0).innerText(), /Began to monitor[\s\S]*Still running/);
    assert.match(await entries.nth(1).innerText(), /Gave back to Messaging[\s\S]*Vera Smit[\s\S]*“Her shift ends”/);
    assert.match(await entries.nth(2).innerText(), /Monitor[\s\S]*Wim Bos[\s\S]*Refused: The conversation is not in a state for this\./);
    assert.match(await entries.nth(4).innerText(), /Began to monitor[\s\S]*For 0:0\d/);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`audit-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await step('all pages of it can be read', async () => {
    assert.equal(await entries.count(), 50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.waitForFunction((all) => document.querySelectorAll('.audit > li').length === all, 2 * LOOKS + 3);
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
  });

  await step('it is narrowed by kind, outcome and time, which the address keeps', async () => {
    await page.getByLabel('Kind').selectOption({ label: 'Stop monitoring' });
    await count(`${LOOKS} entries`);
    await page.getByLabel('Kind').selectOption({ label: 'All' });
    await page.getByLabel('Only what was refused').check();
    await count('1 entry');
    await page.reload();
    await count('1 entry');
    assert(await page.getByLabel('Only what was refused').isChecked());
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Done until').fill('2020-01-01');
    await count('0 entries');
    await page.getByText('Nothing matches the filters.').waitFor();
    await page.getByLabel('Done from').fill('2020-01-02');
    await page.getByRole('alert').getByText('The end is before the beginning.').waitFor();
    assert.equal(await page.getByText('Nothing matches the filters.').count(), 0);
    await sights('audit-backwards', page);
    for (const width of [1440, 1024, 768, 390]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await page.evaluate(overlapping), [], `fields at ${width}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await count(`${2 * LOOKS + 3} entries`);
  });

  await step('the keyboard goes from one to the next and opens its conversation', async () => {
    await entries.nth(0).getByRole('button').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator(`.panel[data-panel="${id}"] .actions`).waitFor();
    assert.match(page.url(), /#\/audit\?open=conv_/);
    // What is done now is there when it is read again.
    await page.locator('.actions').getByRole('button', { name: 'End conversation', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Settled by telephone');
    await page.getByRole('dialog').getByRole('button', { name: 'End conversation' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Read again' }).click();
    await entry('“Settled by telephone”').waitFor();
    await sights('audit-panel', page);
    await page.keyboard.press('Escape');
  });

  await step('it speaks Dutch, and fits a telephone', async () => {
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.getByRole('heading', { name: 'Wat ik deed' }).waitFor();
    await entry('Geweigerd: De status van het gesprek laat dit niet toe.').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`audit-nl-390-${scheme}`, page);
    }
  });
  await page.close();
}

async function ofSanne(world, sanne) {
  const id = await world.start('Xena Vos', 'A question of colours');
  await sanne.pick(id);
  return id;
}

/** In the page: the fields and buttons of the filters that lie over another. */
function overlapping() {
  const all = [...document.querySelectorAll('.past-filters :is(input, select, button, .check)')].filter((one) => !one.matches('.check input'));
  const boxes = all.map((one) => one.getBoundingClientRect());
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return all.flatMap((one, at) => boxes.slice(at + 1).flatMap((box, next) => (over(boxes[at], box) ? [`${one.id || one.className} over ${all[at + 1 + next].id || all[at + 1 + next].className}`] : [])));
}
