// The team as it is: presence, load, longest handle, what was handled today, requests for help; and what a supervisor does
// about it.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { holds } from './sight.mjs';

export async function team({ open, step, sights, world, token, down, server }) {
  const { sanne, oliver } = world.agents;
  const first = await world.start('Anna Zwart', 'A first question');
  const second = await world.start('Bas Groen', 'A second question');
  await sanne.act('setPresence', { presence: 'AVAILABLE' });

  const page = await open();
  const { connection, row, signIn } = hands(() => page);
  const agent = (name) => page.locator('.team > li', { hasText: name });
  const button = (name, words) => agent(name).getByRole('button', { name: words });
  const dialog = page.getByRole('dialog');
  await signIn(token);
  await connection('Live');

  await step('the team is there, and follows what happens', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Team', exact: true }).click();
    await agent('Sanne de Vries').getByText('Available').waitFor();
    await agent('Fleur Mulder').getByText('Away').waitFor();
    const before = Number(/^(\d+)/.exec(await agent('Sanne de Vries').locator('.load').innerText())[1]);
    await sanne.pick(first);
    await agent('Sanne de Vries').getByText(before === 0 ? '1 conversation' : `${before + 1} conversations`, { exact: true }).waitFor();
    await agent('Sanne de Vries').getByText(/^longest \d+:\d\d/).waitFor();
    await agent('Sanne de Vries').getByText(/\d+ of 5 units/).waitFor();
    const today = () => agent('Sanne de Vries').locator('.times').innerText().then((text) => Number(/(\d+) handled/.exec(text)?.[1] ?? 0));
    const handled = await today();
    await sanne.act('endConversation', { conversationId: first });
    await eventually('one more is handled', async () => (await today()) === handled + 1);
    await oliver.act('setPresence', { presence: 'BUSY_DO_NOT_DISTURB' });
    await agent('Oliver Bennett').getByText('Do not disturb').waitFor();
    await agent('Oliver Bennett').getByText(/for 0:\d\d/).waitFor();
  });

  await step('who asks for help is seen, and a press away', async () => {
    await sanne.pick(second);
    await sanne.act('requestHelp', { conversationId: second });
    await button('Sanne de Vries', /^Asks for help/).waitFor();
    await page.getByLabel('Asks for help', { exact: true }).check();
    await agent('Fleur Mulder').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.team > li:not(:has(.chip))').count(), 0, 'who is left asks for help');
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`team-help-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await button('Sanne de Vries', /^Asks for help/).click();
    await row(second).waitFor();
    assert.match(page.url(), /#\/conversations\?agent=agent_\w+&reason=HELP_REQUESTED/);
    await page.goBack();
    await agent('Sanne de Vries').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
  });

  await step('it is narrowed and ordered by the server, which the address keeps', async () => {
    await page.getByLabel('Search by name').fill('oliv');
    await agent('Sanne de Vries').waitFor({ state: 'detached' });
    await agent('Oliver Bennett').waitFor();
    await page.getByLabel('Search by name').fill('');
    await agent('Sanne de Vries').waitFor();
    await page.getByLabel('Presence', { exact: true }).selectOption({ label: 'Away' });
    await agent('Oliver Bennett').waitFor({ state: 'detached' });
    await page.getByLabel('Order').selectOption({ label: 'By name' });
    await page.reload();
    await agent('Fleur Mulder').waitFor();
    await holds(page.getByLabel('Presence', { exact: true }), 'AWAY');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await agent('Oliver Bennett').waitFor();
    const names = await page.locator('.team .name').allInnerTexts();
    assert.deepEqual(names, [...names].sort());
  });

  await step('a presence is set, with the keyboard alone', async () => {
    await button('Fleur Mulder', 'Set presence').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await dialog.getByRole('heading', { name: 'Presence of Fleur Mulder' }).waitFor();
    await dialog.getByLabel('Presence', { exact: true }).selectOption({ label: 'Busy' });
    await dialog.getByLabel('Reason').fill('She is in a meeting');
    await sights('team-presence', page);
    await dialog.getByLabel('Reason').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await agent('Fleur Mulder').getByText('Busy').waitFor();
  });

  await step('agents are told something, one or all of a queue', async () => {
    await button('Sanne de Vries', 'Notify').click();
    await dialog.getByText('Write what you want to say.').waitFor();
    await dialog.getByLabel('What you want to say').fill('Please call me.');
    await sights('team-notify', page);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText('1 agent was told.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('Queue', { exact: true }).selectOption({ label: 'Messaging' });
    await page.getByRole('button', { name: 'Notify everybody in Messaging' }).click();
    await dialog.getByLabel('What you want to say').fill('The system is slow today.');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByText(/\d agents were told\./).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Clear filters' }).click();
  });

  await step('all work is taken from an agent, and what came of it is said', async () => {
    await button('Sanne de Vries', 'Take all work').click();
    await dialog.getByText('everything that they have goes back').waitFor();
    await sights('team-drain', page);
    await dialog.getByRole('button', { name: 'Take all work' }).click();
    await dialog.getByText(/went back to/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await agent('Sanne de Vries').getByText('0 conversations').waitFor();
    await agent('Sanne de Vries').getByText('Away').waitFor();
    await sanne.act('setPresence', { presence: 'AVAILABLE' });
  });

  await step('it goes on where it was when the server was killed', async () => {
    down(true);
    await server.kill();
    await connection('Reconnecting');
    assert.equal(await button('Oliver Bennett', 'Notify').getAttribute('aria-disabled'), 'true');
    await server.start();
    await oliver.act('setPresence', { presence: 'AVAILABLE' });
    await connection('Live');
    await agent('Oliver Bennett').getByText('Available').waitFor();
    down(false);
  });

  await step('it speaks Dutch, and fits a telephone', async () => {
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await agent('Oliver Bennett').getByText('Beschikbaar').waitFor();
    await sights('team-nl', page);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`team-nl-390-${scheme}`, page);
    }
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
