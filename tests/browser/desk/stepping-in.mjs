// An agent asks for help, and supervisors step in: coach, say that help is given, take over, give back to the queue.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { holds } from './sight.mjs';

export async function steppingIn({ open, step, sights, world, token, lead }) {
  const { gateway, agents } = world;
  const { sanne } = agents;
  const id = await world.start('Esmee van Leeuwen', 'Refund above the limit');
  await sanne.pick(id);
  await world.say(id, 'I want my money back.');
  const askForHelp = () => sanne.act('requestHelp', { conversationId: id, note: 'May I refund this?' });

  let page = await open();
  let { action, message, row, signIn, write } = hands(() => page);
  const reasons = () => page.getByRole('list', { name: 'Attention' });
  const reason = (words) => reasons().locator('li', { hasText: words });
  const readBy = (label) => page.getByLabel('Who reads it').selectOption({ label });
  await signIn(token);
  await row(id).click();
  await page.locator('.panel .actions').waitFor();

  await step('a request for help says who asks and what helps', async () => {
    await askForHelp();
    await row(id).getByText('Agent asks for help').waitFor();
    const asks = reason('Agent asks for help');
    await asks.getByText('Sanne de Vries').waitFor();
    await asks.getByRole('button', { name: 'Help given' }).waitFor();
  });

  await step('coaching reaches the agent alone, and is help', async () => {
    await action('Monitor').click();
    await reason('Agent asks for help').getByRole('button', { name: 'Coach' }).click();
    await page.getByRole('textbox', { name: 'Message' }).and(page.locator(':focus')).waitFor();
    await holds(page.getByLabel('Who reads it'), 'COACHING');
    await readBy('To colleagues');
    await message('May I refund this?').filter({ hasText: 'Internal' }).waitFor();
    await readBy('To the agent alone');
    await page.getByText('Nobody else in the conversation reads it.').waitFor();
    await sights('coach', page);
    await write('Up to fifty euros, yes.');
    await message('Up to fifty euros, yes.').filter({ hasText: 'To Sanne de Vries alone' }).waitFor();
    await reason('Agent asks for help').waitFor({ state: 'detached' });
    assert.match(await page.locator('.messages > li').last().innerText(), /Up to fifty euros/, 'it is the last that was said');
  });

  await step('what is half written is still there after a look elsewhere and a reload, and for whom it was', async () => {
    const box = page.getByRole('textbox', { name: 'Message' });
    await readBy('To the agent alone');
    await box.fill('Ask for the receipt fi');
    await page.keyboard.press('Escape');
    await row(id).click();
    await page.waitForFunction(() => document.querySelector('.composer textarea')?.value === 'Ask for the receipt fi');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('.composer textarea')?.value === 'Ask for the receipt fi');
    await holds(page.getByLabel('Who reads it'), 'COACHING');
    await write('Ask for the receipt first.');
    await message('Ask for the receipt first.').waitFor();
    await page.reload();
    await box.waitFor();
    assert.equal(await box.inputValue(), '', 'what was sent is not there once more');
  });

  await step('help is said to be given', async () => {
    await askForHelp();
    const answer = reason('Agent asks for help').getByRole('button', { name: 'Help given' });
    await answer.waitFor();
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`help-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.getByRole('button', { name: 'Hulp gegeven' }).waitFor();
    await sights('help-nl-390', page);
    await page.getByRole('button', { name: 'English' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await answer.click();
    await reason('Agent asks for help').waitFor({ state: 'detached' });
  });

  await step('a message that did not arrive is seen to', async () => {
    const sent = await sanne.act('sendMessage', { conversationId: id, text: 'It is booked.' }, 'message { id }');
    await gateway('recordDelivery', { message: { messageId: sent.message.id }, state: 'FAILED' });
    await reason('Not delivered').getByRole('button', { name: 'Seen to' }).click();
    await reason('Not delivered').waitFor({ state: 'detached' });
  });

  await step('who is no agent is told why they cannot take over', async () => {
    const takeOver = action('Take over');
    assert.equal(await takeOver.getAttribute('aria-disabled'), 'true');
    const why = page.locator(`[id="${await takeOver.getAttribute('aria-describedby')}"]`);
    assert.equal(await why.textContent(), 'Only supervisors who are agents too can take over.');
  });
  await page.close();

  page = await open();
  ({ action, message, row, signIn, write } = hands(() => page));
  const dialog = page.getByRole('dialog');
  await signIn(lead);
  await row(id).click();
  await page.locator('.panel .actions').waitFor();

  await step('who takes over after they coached and joined reads and writes as its agent', async () => {
    await action('Monitor').click();
    await action('Stop monitoring').waitFor();
    await action('Coach').click();
    await page.getByText('Nobody else in the conversation reads it.').waitFor();
    await askForHelp();
    const exit = (name) => reason('Agent asks for help').getByRole('button', { name, exact: true });
    await exit('Join').waitFor();
    await action('Join').click();
    await action('Leave').waitFor();
    await exit('Join').waitFor({ state: 'detached' });
    await readBy('To everybody');
    await page.getByText('The customer reads it too.').waitFor();
    await action('Coach').click();
    await holds(page.getByLabel('Who reads it'), 'COACHING');
    await action('Take over').click();
    await dialog.getByText('You become the agent').waitFor();
    await sights('take-over', page);
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.waitFor({ state: 'detached' });
    await row(id).getByText('Petra Kok').waitFor();
    await message('I want my money back.').waitFor();
    await page.getByText('The customer reads it too.').waitFor();
    await holds(page.getByLabel('Who reads it'), 'PUBLIC');
    await write('This is Petra. You get it back.');
    const said = message('This is Petra. You get it back.');
    await said.waitFor();
    assert(!/Internal/.test(await said.innerText()), 'the customer reads it');
    await sights('taken-over', page);
  });

  await step('it goes back to its queue', async () => {
    await action('Back to queue').click();
    await dialog.getByLabel('Reason').fill('My shift ends');
    await dialog.getByRole('button', { name: 'Give back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await row(id).getByText('Nobody yet').waitFor();
    await page.locator('.panel .signs').getByText('awaits an agent').waitFor();
  });
  await page.close();
}
