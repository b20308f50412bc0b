// What the desk does when the server ends what it follows, fails to answer, or takes no token more:
// it says so, goes on by itself where that can help, and asks where it cannot.
import assert from 'node:assert/strict';
import { breaker } from './breaker.mjs';
import { hands } from './hands.mjs';

/** A machine's word, which nobody is shown. */
const CODE = /[A-Z]+_[A-Z]+|INTERNAL/;

/** `accepted` and `waiting` are conversations: one that an agent has, one that nobody has. */
export async function troubles({ open, step, sights, world, token, next, conversations: { accepted, waiting } }) {
  const fault = breaker();
  const page = await open(undefined, fault.stand);
  const { action, connection, message, row, signIn } = hands(() => page);
  await signIn(token);
  await row(accepted).click();
  await action('Monitor').click();
  await page.locator('.log').waitFor();
  const unread = page.locator('.unread');

  for (const [code, said, words] of [
    ['INTERNAL', 'Something went wrong at the server.', 'I am furious, this is awful!'],
    ['RATE_LIMITED', 'Too many requests.', 'Thank you, this is wonderful, great help!'],
  ]) {
    await step(`what the server ends with ${code} is begun again`, async () => {
      await eventually('the list, what is monitored, panel and transcript, and alerts by two', () => fault.running() === 6);
      const mood = page.locator('.panel .signs .mood');
      const before = await mood.getAttribute('data-level');
      assert.equal(fault.end(code), 6);
      await unread.getByText(said).nth(2).waitFor();
      assert.doesNotMatch((await unread.allInnerTexts()).join(), CODE);
      if (code === 'INTERNAL') await sights('interrupted', page);
      await world.say(accepted, words);
      await message(words).waitFor();
      await row(await world.start(`Nora ${code}`, 'While it was ended')).waitFor();
      await eventually('the panel follows', async () => (await mood.getAttribute('data-level')) !== before);
      await eventually('all is well', async () => (await unread.count()) === 0);
      assert.equal(fault.running(), 6);
    });
  }

  await step('what no repeating can mend is shown, and begun again when asked', async () => {
    assert.equal(fault.end('PERMISSION_MISSING', 'Ongoing'), 1);
    await unread.getByText('You do not have permission').waitFor();
    await page.waitForTimeout(2_000);
    assert.equal(fault.running('Ongoing'), 0, 'it was repeated unasked');
    const missed = await world.start('Mila Bos', 'Nobody saw it come');
    await unread.getByRole('button', { name: 'Try again' }).click();
    await row(missed).waitFor();
    assert.equal(await unread.count(), 0);
  });

  await step('a first read that fails says so, and is tried again', async () => {
    await page.route('**/graphql', (route) => {
      if (route.request().postDataJSON()?.operationName !== 'Conversation') return route.continue();
      const errors = [{ message: 'made up', extensions: { code: 'INTERNAL' } }];
      return route.fulfill({ contentType: 'application/graphql-response+json', json: { errors } });
    });
    await row(waiting).click();
    const panel = page.locator(`.panel[data-conversation="${waiting}"]`);
    await panel.getByText('Something went wrong at the server.').waitFor();
    assert.equal(await panel.getByText('Loading').count(), 0);
    await sights('unread', page);
    await page.unroute('**/graphql');
    await panel.locator('.actions').waitFor();
    await unread.waitFor({ state: 'detached' });
  });

  for (const code of [4401, 4403]) {
    await step(`a connection that is closed with ${code} asks for the next token`, async () => {
      await fault.close(code);
      const ended = page.locator('.notice').getByText('Your sign-in has ended: sign in again to go on.');
      await ended.waitFor();
      assert.equal(await ended.count(), 1, 'one sentence says it');
      assert.equal(await unread.count(), 0, 'and nothing beside it says otherwise');
      assert.equal(await page.locator('.notice').getByText('The connection is lost').count(), 0);
      await page.getByLabel('Next token').fill(next(`${code}s`));
      await page.getByRole('button', { name: 'Go on' }).click();
      await ended.waitFor({ state: 'detached' });
      await connection('Live');
      await row(await world.start(`Roos ${code}`, 'After the next token')).waitFor();
    });
  }
  await page.close();
}

async function eventually(what, look) {
  const end = Date.now() + 30_000;
  while (!(await look())) {
    assert(Date.now() < end, `not so: ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
