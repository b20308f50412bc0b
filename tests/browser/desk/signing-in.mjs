// Signing in at an identity provider: there and back to where one was, the next token without a word, one sentence when it
// ends, and out of both.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../port.mjs';
import { hands } from './hands.mjs';
import { AUDIENCE, CLIENT, provider } from './provider.mjs';
import { develop, regie } from './server.mjs';

const SECONDS = 20;

export async function signingIn({ binary, folder, desk, open, step, sights, down }) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const own = join(folder, 'signing-in');
  await mkdir(own);
  const server = await regie(binary, own, {
    REGIE_JWT_SECRET: '',
    REGIE_JWKS_URL: `${issuer}/jwks`,
    REGIE_JWT_ISSUER: issuer,
    REGIE_JWT_AUDIENCE: AUDIENCE,
    REGIE_DESK_CLIENT_ID: CLIENT,
    REGIE_DESK_SIGN_IN_PARAMETERS: `resource=${AUDIENCE}`,
  });
  const front = desk ? await develop(desk, server.url) : { url: server.url, stop: () => {} };
  const idp = await provider(port, front.url, SECONDS);
  await server.start();
  const page = await open(undefined, async (opened) => {
    // The provider's own pages ask for a font of elsewhere, and for an icon that it lacks.
    const isTheirs = (url) => !url.href.startsWith(front.url) && (!url.href.startsWith(issuer) || url.pathname === '/favicon.ico');
    await opened.route(isTheirs, (route) => route.fulfill({ contentType: 'text/css', body: '' }));
  });
  const { connection } = hands(() => page);
  const button = (name) => page.getByRole('button', { name, exact: true });
  const token = () => page.evaluate(() => sessionStorage.getItem('regie-desk:token'));
  const names = async (name) => {
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('any');
    await button('Sign-in').click();
    await button('Continue').click();
  };
  let sockets = 0;
  page.on('websocket', (socket) => (sockets += socket.url().endsWith('/graphql') ? 1 : 0));
  try {
    await step('the page names the provider, and may reach it and nobody else', async () => {
      const policy = (await fetch(server.url)).headers.get('content-security-policy');
      assert.match(policy, new RegExp(`connect-src 'self' ${issuer};`));
      await page.goto(`${front.url}/#/today?figure=handle`);
      await button('Sign in').waitFor();
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await sights(`provider-${scheme}`, page);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 390, height: 844 });
      await button('Nederlands').click();
      await page.getByText('Je meldt je aan met het account van je organisatie.').waitFor();
      await page.getByText('Liever met een token').click();
      await sights('provider-nl-390', page);
      const right = (selector) => page.locator(selector).evaluate((one) => one.getBoundingClientRect().right);
      assert((await right('.token button')) <= (await right('.sign-in')), 'the form is within its card');
      await button('English').click();
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await step('who signs in comes back to where they were', async () => {
      await button('Sign in').focus();
      await page.keyboard.press('Enter');
      await names('ingrid');
      await connection('Live');
      await page.getByText('Signed in as ingrid').waitFor();
      assert.equal(page.url(), `${front.url}/#/today?figure=handle`);
      const kept = await page.evaluate(() => JSON.stringify(localStorage));
      assert.doesNotMatch(kept, /oidc|token/, 'nothing of it outlives the tab');
    });

    await step('the next token comes by itself, to the connection that there is', async () => {
      const before = [await token(), sockets];
      await page.waitForFunction((first) => sessionStorage.getItem('regie-desk:token') !== first, before[0]);
      await page.waitForTimeout(SECONDS * 1_000);
      await connection('Live');
      assert.equal(sockets, before[1], 'the connection outlived its first token');
      assert.equal(await page.locator('.notice[data-grave]').count(), 0);
    });

    await step('a page that is loaded again is signed in', async () => {
      await page.reload();
      await connection('Live');
      await page.getByText('Signed in as ingrid').waitFor();
      // Also where its token ended while the tab slept.
      await page.evaluate(() => sessionStorage.removeItem('regie-desk:token'));
      await page.reload();
      await connection('Live');
    });

    await step('when no other token comes, one sentence says so, and the way back is a press', async () => {
      down(true);
      idp.refuse(true);
      const ended = page.locator('.notice').getByText('Your sign-in has ended: sign in again to go on.');
      await ended.waitFor();
      assert.equal(await page.locator('.notice').count(), 1);
      assert.equal(await page.getByLabel('Next token').count(), 0);
      await sights('provider-ended', page);
      idp.refuse(false);
      await button('Sign in again').click();
      await connection('Live');
      await ended.waitFor({ state: 'detached' });
      assert.equal(page.url(), `${front.url}/#/today?figure=handle`);
      down(false);
    });

    await step('a token that was pasted remains a way in', async () => {
      const pasted = await token();
      const other = await open();
      await other.goto(front.url);
      await other.getByText('With a token instead').click();
      await other.getByLabel('Token', { exact: true }).fill(pasted);
      await other.getByRole('button', { name: 'Sign in with the token' }).click();
      await other.getByText('Signed in as ingrid').waitFor();
      await other.close();
    });

    await step('signing out ends it here and there', async () => {
      await button('Sign out').click();
      await button('Yes, sign me out').click();
      await button('Sign in').waitFor();
      assert.equal(idp.asked.revocations, 1);
      assert.equal(page.url(), `${front.url}/`);
      await page.reload();
      await button('Sign in').click();
      await page.getByPlaceholder('Enter any login').waitFor();
    });

    await step('what does not come through, or cannot be reached, is said', async () => {
      await page.goto(`${front.url}/?error=access_denied&state=none`);
      await page.getByText('The sign-in did not come through. Try again.').waitFor();
      assert.equal(page.url(), `${front.url}/`);
      await idp.stop();
      down(true);
      await button('Sign in').click();
      await page.getByText('cannot be reached. Try again.').waitFor();
      down(false);
    });
    await page.close();
  } finally {
    front.stop();
    await idp.stop();
    await server.kill();
  }
}
