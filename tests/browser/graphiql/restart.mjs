// A server that is killed, and a token that ends, while a subscription runs: it resumes where it
// stopped, with every event once. The server is no demo, so nobody is signed in unasked.
import assert from 'node:assert/strict';
import { eventually, openBrowser, shoot } from '../chrome.mjs';
import { freePort } from '../port.mjs';
import { chip, counted, goTo, inState, isReady, run } from './page.mjs';
import { anUnhappyCustomer, house } from './server.mjs';

export async function restart(regie) {
  const home = house(regie);
  const port = await freePort();
  const administrator = home.token('--sub', 'ada', '--role', 'administrator');
  const gateway = home.token('--sub', 'gateway', '--role', 'gateway', '--channels', '*');
  const supervisor = (time) =>
    home.token('--sub', 'sue', '--role', 'supervisor', '--queues', '*', '--permissions', 'all', '--ttl', time);
  const unhappy = (server) => anUnhappyCustomer(server.base, administrator, gateway);

  let server = await home.start(port);
  const browser = await openBrowser(new URL(server.base).host);
  try {
    const page = await browser.open();
    await page.goto(`${server.base}/graphiql`);
    await page.getByText('Paste a token to sign in').waitFor();
    assert(!(await page.getByLabel('Sample user').isVisible()), 'a server that is no demo offers users');
    assert.equal((await fetch(`${server.base}/graphiql/people`)).status, 404);
    await refused(browser, page, supervisor('1h'));
    await signIn(page, supervisor('1h'));
    await page.locator('#roles').filter({ hasText: 'supervisor' }).waitFor();
    await isReady(page);

    await goTo(page, 'WatchSentiment');
    await run(page);
    await inState(page, 'WatchSentiment', 'live');
    await unhappy(server);
    await events(page, 1);

    // Killed; what happens while the page cannot reach it happens at another address.
    await browser.expecting(/WebSocket|ERR_CONNECTION|Failed to load/, async () => {
      await server.kill();
      await inState(page, 'WatchSentiment', 'lost');
      await shoot(page, 'graphiql-lost-1440');
      const elsewhere = await home.start(await freePort());
      await unhappy(elsewhere);
      await unhappy(elsewhere);
      await elsewhere.kill();
      server = await home.start(port);
      await inState(page, 'WatchSentiment', 'live');
    });
    await events(page, 3);
    assert((await resumed(page)) >= 1);
    await unhappy(server);
    await events(page, 4);

    // A token that ends: said at once, and the next one goes on where it stopped.
    await page.getByRole('button', { name: 'Use a token' }).click();
    await signIn(page, supervisor('30s'));
    await inState(page, 'WatchSentiment', 'live');
    await page.getByText(/The token of sue ended at/).waitFor({ timeout: 60_000 });
    await inState(page, 'WatchSentiment', 'token');
    await shoot(page, 'graphiql-expired-1440');
    await unhappy(server);
    await signIn(page, supervisor('1h'));
    await inState(page, 'WatchSentiment', 'live');
    await events(page, 5);
    assert((await resumed(page)) >= 3);
    await page.getByRole('button', { name: 'Stop WatchSentiment' }).click();
    await chip(page, 'WatchSentiment').waitFor({ state: 'detached' });
    browser.check();
  } finally {
    await browser.close();
    await server.kill();
    home.clean();
  }
}

/** What the server refuses is said with its reason, and another token is asked for. */
async function refused(browser, page, token) {
  const [head, body, signature] = token.split('.');
  await browser.expecting(/401/, async () => {
    const isSchema = (request) => request.method() === 'POST' && request.postDataJSON()?.operationName === 'IntrospectionQuery';
    const schema = page.waitForResponse((one) => one.status() === 401 && isSchema(one.request()));
    await signIn(page, [head, body, [...signature].reverse().join('')].join('.'));
    await page.getByText(/The server refused the token of sue: /).waitFor();
    await schema;
    await page.waitForTimeout(1000);
    await shoot(page, 'graphiql-refused-1440');
  });
}

async function signIn(page, token) {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** How often it went on, as its chip says; a stall of the machine may add one. */
async function resumed(page) {
  const text = await chip(page, 'WatchSentiment').innerText();
  return Number(/resumed (\d+)×/.exec(text)?.[1] ?? 0);
}

/** Waits for this many events, and sees that no more come. */
async function events(page, expected) {
  await eventually(
    page,
    async () => `${await counted(page, 'WatchSentiment')} events instead of ${expected}`,
    async () => (await counted(page, 'WatchSentiment')) >= expected,
  );
  await page.waitForTimeout(700);
  assert.equal(await counted(page, 'WatchSentiment'), expected);
}
