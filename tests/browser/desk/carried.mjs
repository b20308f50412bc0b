// What channels carry besides text, what becomes of messages, and how what is past is found and reviewed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { hands } from './hands.mjs';
import { holds } from './sight.mjs';
import { ORIGIN } from './server.mjs';

const DRAWING = new URL('../../../crates/tools/src/demo/media/broken-lamp.svg', import.meta.url);
const SHOWN = `${ORIGIN}/lamp.svg`;
const THEIRS = 'https://elsewhere.example/lamp.svg';

export async function carried({ open, step, sights, world, token }) {
  const { gateway, agents } = world;
  const { sanne } = agents;
  const drawing = await readFile(DRAWING);
  /** What the browser loaded, of here and of elsewhere. */
  const loaded = [];
  const page = await open(undefined, async (opened) => {
    for (const address of ['**/demo/media/broken-lamp.svg', SHOWN, THEIRS]) {
      await opened.route(address, (route) => {
        loaded.push(route.request().url());
        return route.fulfill({ contentType: 'image/svg+xml', body: drawing });
      });
    }
    await opened.route('**/demo/media/gone.svg', (route) => route.fulfill({ contentType: 'image/svg+xml', body: 'no picture' }));
  });
  const { action, message, row, signIn, connection } = hands(() => page);
  await signIn(token);

  const id = await world.start('Carla de Boer', 'Desk lamp arrived broken', {
    priority: 'URGENT',
    tags: ['damage', 'delivery'],
    attributes: [{ key: 'order', value: '58820114' }],
    customer: { key: 'carla', name: 'Carla de Boer' },
  });
  const say = async (text, more = {}) => (await gateway('receiveCustomerMessage', { conversationId: id, text, ...more }, 'messageId')).messageId;
  const answer = async (text, more = {}) =>
    (await sanne.act('sendMessage', { conversationId: id, text, ...more }, 'message { id }')).message.id;
  await sanne.pick(id);
  const first = await say('It came in two peices.', {
    attachments: [
      { kind: 'IMAGE', label: 'A broken lamp', mediaType: 'image/svg+xml', reference: '/demo/media/broken-lamp.svg' },
      { kind: 'IMAGE', label: 'A lamp of the shop', url: SHOWN },
      { kind: 'IMAGE', label: 'A lamp elsewhere', url: THEIRS },
      { kind: 'IMAGE', fileName: 'gone.svg', reference: '/demo/media/gone.svg' },
    ],
  });
  const second = await say('Do not mind me.');
  await say(null, {
    attachments: [
      { kind: 'AUDIO', label: 'What I want', durationSeconds: 4, reference: '/demo/media/voice-note.wav' },
      { kind: 'LOCATION', label: 'Oudegracht 120, Utrecht', latitude: 52.088, longitude: 5.118 },
      { kind: 'OTHER', label: 'A poll' },
      { kind: 'FILE', fileName: 'quote.pdf', size: 12_345, reference: 'media-17' },
    ],
  });
  const answered = await answer('A new one leaves today.', { replyToId: first });

  await step('labels and a failed delivery show in the list', async () => {
    await gateway('recordDelivery', {
      message: { messageId: answered },
      state: 'FAILED',
      errorCode: '131047',
      errorDescription: 'More than 24 hours have passed',
    });
    for (const words of ['Urgent', 'damage', 'delivery', 'Not delivered']) await row(id).getByText(words).waitFor({ state: 'attached' });
  });

  await step('what is attached shows, and what is elsewhere is not loaded unasked', async () => {
    await row(id).click();
    await page.locator('.facts summary').click();
    await page.locator('.facts').getByText('58820114').waitFor();
    await action('Monitor').click();
    const picture = page.getByRole('img', { name: 'Picture: A broken lamp' });
    await picture.waitFor();
    await page.waitForFunction((one) => one.naturalWidth > 0 && one.clientWidth > 50, await picture.elementHandle());
    await page.getByText('It cannot be shown.').waitFor();
    await page.getByRole('img', { name: 'Picture: A lamp of the shop' }).scrollIntoViewIfNeeded();
    await eventually('the shop’s picture is loaded', () => loaded.includes(SHOWN));
    const link = page.getByRole('link', { name: /A lamp elsewhere/ });
    assert.equal(await link.getAttribute('href'), THEIRS);
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    assert.equal(await page.getByRole('img', { name: 'Picture: A lamp elsewhere' }).count(), 0);
    assert(!loaded.includes(THEIRS), 'nobody elsewhere learns that somebody reads');
    assert.equal(await page.getByLabel('Voice note: What I want').getAttribute('preload'), 'none');
    assert.match(await page.getByRole('link', { name: /Oudegracht 120/ }).getAttribute('href'), /mlat=52.088&mlon=5.118/);
    await page.getByText('A poll').waitFor();
    await page.getByText('quote.pdf').waitFor();
    assert.equal(await page.getByRole('link', { name: /quote/ }).count(), 0, 'a reference of others is no address');
  });

  await step('what becomes of a message shows on it', async () => {
    const failed = message('A new one leaves today.');
    assert.match(await failed.innerText(), /Not delivered: More than 24 hours have passed/);
    assert.doesNotMatch(await failed.innerText(), /131047/);
    assert.match(await failed.locator('blockquote').innerText(), /Customer It came in two peices\./);
    await gateway('editCustomerMessage', { message: { messageId: first }, text: 'It came in two pieces.' });
    await message('It came in two pieces.').filter({ hasText: 'edited' }).waitFor();
    await page.getByText('What it said before').first().click();
    await page.locator('.revisions').getByText('It came in two peices.').waitFor();
    await gateway('removeCustomerMessage', { message: { messageId: second } });
    await message('Removed by the customer').waitFor();
    const next = await answer('It is on its way, sorry for the silence.');
    await gateway('recordDelivery', { message: { messageId: next }, state: 'READ' });
    await gateway('reactToMessage', { message: { messageId: next }, reaction: '❤️' });
    await message('It is on its way').filter({ hasText: 'Read' }).getByRole('list', { name: 'Reactions' }).getByText('❤️').waitFor();
    await row(id).getByText('Not delivered').waitFor({ state: 'detached' });
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`carried-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await step('what is past is searched and filtered', async () => {
    await sanne.act('endConversation', { conversationId: id });
    await sanne.act('closeConversation', { conversationId: id, note: 'A new lamp was sent.' });
    await gateway('recordRating', { conversationId: id, score: 5, comment: 'Quick help!' });
    await row(id).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Past', exact: true }).click();
    await row(id).waitFor();
    await connection('Live');
    await page.getByLabel('Subject or customer').fill('carla desk');
    await page.locator('[role=status]').getByText('1 found').waitFor();
    await row(id).getByText('5 of 5 stars').waitFor({ state: 'attached' });
    await page.getByLabel('Tag', { exact: true }).fill('DAMAGE');
    await page.getByLabel('Rating').selectOption({ label: '4 or 5' });
    await page.getByLabel('Agent').selectOption({ label: 'Sanne de Vries' });
    await page.waitForTimeout(500);
    await row(id).waitFor();
    await page.getByLabel('Rating').selectOption({ label: '1 or 2' });
    await page.locator('[role=status]').getByText('0 found').waitFor();
    await page.getByText('No conversation matches the filters.').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await row(id).waitFor();
    const day = (after) => page.evaluate((days) => {
      const at = new Date(Date.now() + days * 86_400_000);
      return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
    }, after);
    await page.getByLabel('Closed until').fill(await day(-1));
    await page.locator('[role=status]').getByText('0 found').waitFor();
    await page.getByLabel('Closed until').fill(await day(0));
    await page.getByLabel('Closed from').fill(await day(0));
    await row(id).waitFor();
    await page.getByLabel('Channel').selectOption({ label: 'SMS' });
    await page.locator('[role=status]').getByText('0 found').waitFor();
    await page.getByLabel('Channel').selectOption({ label: 'WhatsApp' });
    await page.getByLabel('Closed how').selectOption({ label: 'closed by the agent' });
    await row(id).waitFor();
    await page.reload();
    await row(id).waitFor();
    await holds(page.getByLabel('Channel'), 'WHATSAPP');
    await page.getByRole('button', { name: 'Clear filters' }).click();
  });

  await step('what is past is reviewed, and only then read', async () => {
    await row(id).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Review the conversation to read it').waitFor();
    assert.equal(await page.locator('.messages').count(), 0);
    await action('Review').click();
    await message('It came in two pieces.').first().waitFor();
    await page.locator('.facts').getByText('A new lamp was sent.').waitFor();
    await page.locator('.facts').getByText('Quick help!').waitFor();
    await page.getByText(/Your review ends in (59|60):/).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Message' }).count(), 0, 'nothing can be written there');
    await sights('review', page);
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.getByText('Verwijderd door de klant').waitFor();
    await sights('review-nl', page);
    await page.setViewportSize({ width: 390, height: 844 });
    await sights('review-nl-390', page);
    await page.getByRole('button', { name: 'Afgelopen gesprekken van deze klant' }).click();
    await page.locator('[role=status]').getByText('1 gevonden').waitFor();
    await page.getByText('Alleen van Carla de Boer').waitFor();
    await sights('past-nl-390', page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await sights('past-nl-390-dark', page);
    await page.emulateMedia({ colorScheme: 'light' });
    await row(id).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'English' }).click();
    await sights('past', page);
    await action('Stop review').click();
    await page.getByText('Review the conversation to read it').waitFor();
    assert.equal(await page.locator('.messages').count(), 0);
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
