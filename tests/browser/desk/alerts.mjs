// Alerts: a row that turns red out of sight is told, once, in every way that somebody wishes; and not at all where they wish
// to be left alone.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { boxes } from './sight.mjs';

export async function alerts({ open, step, sights, world, token, down, server }) {
  const { sanne, oliver } = world.agents;
  const ids = [];
  for (const name of ['Nina Hoek', 'Otto Prins', 'Pia Koning', 'Quin Maas']) ids.push(await world.start(name, 'A question'));
  const [nina, otto, pia, quin] = ids;
  for (const id of [nina, otto, quin]) await sanne.pick(id);
  await oliver.pick(pia);

  const page = await open(undefined, (opened) => opened.addInitScript(record));
  const { action, connection, row, signIn } = hands(() => page);
  const recorded = () => page.evaluate(() => ({ ...window.recorded }));
  const hide = (is) => page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, is);
  const toasts = page.getByRole('log', { name: 'Alerts' });
  const alert = (name) => page.locator('.alerts > li', { hasText: name });
  const titled = (title) => page.waitForFunction((is) => document.title === is, title);
  await signIn(token);
  await connection('Live');
  await row(nina).waitFor();

  await step('what asks for attention out of sight is told, and counted in the title', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Past' }).click();
    await sanne.act('requestHelp', { conversationId: nina });
    await toasts.getByRole('button', { name: 'Agent asks for help: Nina Hoek, Sanne de Vries', exact: true }).waitFor();
    await titled('(1) Regie desk');
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`toast-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await recorded(), { tones: 0, notifications: [] }, 'no sound and no notification unasked');
    await toasts.getByRole('button', { name: 'Agent asks for help: Nina Hoek, Sanne de Vries', exact: true }).click();
    await page.locator(`.panel[data-panel="${nina}"] .actions`).waitFor();
    assert.equal(await toasts.getByRole('button').count(), 0);
    await page.keyboard.press('Escape');
  });

  await step('the alerts are listed, and who looks has seen them', async () => {
    await page.getByRole('navigation').getByRole('button', { name: /Alerts/ }).click();
    await alert('Nina Hoek').getByText('Agent asks for help').waitFor();
    await titled('Regie desk');
    assert.match(page.url(), /#\/alerts$/);
    await page.reload();
    await alert('Nina Hoek').waitFor();
  });

  await step('a sound and a notification come once for each alert', async () => {
    await page.getByLabel('With a sound').check();
    await page.getByLabel('On the desktop').check();
    const before = await recorded();
    assert.equal(before.tones, 2, 'it is heard once to know it');
    await page.getByRole('navigation').getByRole('button', { name: 'Conversations' }).click();
    await hide(true);
    await world.say(otto, 'This is terrible. I am furious, the worst service ever, awful!');
    await page.waitForFunction(() => window.recorded.notifications.length > 0);
    await page.waitForTimeout(1_500);
    const { tones, notifications } = await recorded();
    assert.deepEqual(notifications, ['Unhappy customer: Otto Prins, Sanne de Vries']);
    assert.equal(tones, before.tones + 2);
    await hide(false);
  });

  await step('what is open already disturbs nobody', async () => {
    await row(quin).click();
    await page.locator(`.panel[data-panel="${quin}"] .actions`).waitFor();
    const before = await recorded();
    await sanne.act('requestHelp', { conversationId: quin });
    await page.locator(`.panel[data-panel="${quin}"]`).getByText('Agent asks for help').waitFor();
    await page.waitForTimeout(500);
    assert.deepEqual(await recorded(), before);
    await page.keyboard.press('Escape');
  });

  await step('what is told lies over nothing that is being written', async () => {
    await row(quin).click();
    await action('Monitor').click();
    const composer = page.locator('.composer');
    await composer.waitFor();
    await oliver.act('requestHelp', { conversationId: pia });
    const toast = toasts.locator('.toast', { hasText: 'Pia Koning' });
    await toast.waitFor();
    for (const size of [{ width: 390, height: 844 }, { width: 768, height: 1024 }, { width: 1440, height: 900 }]) {
      await page.setViewportSize(size);
      await composer.scrollIntoViewIfNeeded();
      const [over, under, bar] = await boxes(toast, composer, page.locator('.top'));
      const apart = over.y + over.height <= under.y || under.y + under.height <= over.y || over.x + over.width <= under.x || under.x + under.width <= over.x;
      assert(apart, `at ${size.width}: ${JSON.stringify({ over, under })}`);
      assert(over.y >= bar.y + bar.height && over.y + over.height <= size.height && over.x >= 0 && over.x + over.width <= size.width, `it is in sight at ${size.width}`);
      await sights(`toast-${size.width}`, page);
    }
    await toast.getByRole('button', { name: /^Dismiss/ }).click();
    await oliver.act('cancelHelp', { conversationId: pia });
    await page.keyboard.press('Escape');
  });

  await step('who and what is muted is told zero times', async () => {
    const nav = page.getByRole('navigation');
    await nav.getByRole('button', { name: /Alerts/ }).click();
    await alert('Nina Hoek').getByRole('button', { name: 'Quiet about Sanne de Vries for an hour' }).click();
    await page.getByRole('list', { name: 'Agents that are quiet' }).getByText('Sanne de Vries').waitFor();
    await page.getByRole('button', { name: /^Kinds/ }).click();
    await page.getByRole('group', { name: 'Kinds' }).getByLabel('Unhappy customer').uncheck();
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`alerts-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Clear' }).click();
    const before = await recorded();
    await hide(true);
    // An agent who is quiet, and a kind that is not wanted.
    await sanne.act('cancelHelp', { conversationId: nina });
    await sanne.act('requestHelp', { conversationId: nina });
    await world.say(pia, 'This is terrible. I am furious, the worst service ever, awful!');
    await page.waitForTimeout(1_500);
    assert.deepEqual(await recorded(), before);
    await page.getByText('Nothing has asked for attention since you came.').waitFor();
    // Another kind, of another agent.
    await oliver.act('requestHelp', { conversationId: pia });
    await alert('Pia Koning').waitFor();
    assert.deepEqual((await recorded()).notifications.slice(before.notifications.length), ['Agent asks for help: Pia Koning, Oliver Bennett']);
    // A quiet hour lists, and tells nothing.
    await hide(false);
    await page.getByRole('button', { name: 'Quiet for an hour', exact: true }).click();
    const quiet = await recorded();
    await hide(true);
    await oliver.act('cancelHelp', { conversationId: pia });
    await oliver.act('requestHelp', { conversationId: pia });
    // The same conversation for the same reason is one alert, with how often.
    await alert('Pia Koning').getByText('2 times').waitFor();
    assert.equal(await page.locator('.alerts > li').count(), 1);
    assert.deepEqual(await recorded(), quiet);
    await hide(false);
  });

  await step('alerts go on where they were when the server was killed', async () => {
    down(true);
    await server.kill();
    await connection('Reconnecting');
    await server.start();
    await oliver.act('cancelHelp', { conversationId: pia });
    await oliver.act('requestHelp', { conversationId: pia });
    await connection('Live');
    down(false);
    await alert('Pia Koning').getByText('3 times').waitFor();
    assert.equal(await page.locator('.alerts > li').count(), 1);
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await sights('alerts-nl-390', page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await sights('alerts-nl-390-dark', page);
  });
  await page.close();
}

/** In the page, before it loads: what sounds and notifies is written down. */
function record() {
  window.recorded = { tones: 0, notifications: [] };
  const { createOscillator } = AudioContext.prototype;
  AudioContext.prototype.createOscillator = function (...given) {
    window.recorded.tones += 1;
    return createOscillator.apply(this, given);
  };
  window.Notification = class {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(words) {
      window.recorded.notifications.push(words);
    }
    close() {}
  };
}
