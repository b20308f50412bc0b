// Being somebody else: the demo's other sample users, a pasted token, nobody, a token that ended.
import assert from 'node:assert/strict';
import { shoot } from '../chrome.mjs';
import { act, filled, fits, goTo, isReady, openGraphiql, runAndAnswer, tabNames } from './page.mjs';

/** What each sample user finds ready, and one of it that they can run. */
const OTHERS = { robin: 'MyWork', administrator: 'Audit', gateway: 'Receive', marco: 'Ongoing' };

export async function people(browser, base) {
  const page = await browser.open();
  await openGraphiql(page, `${base}/graphiql`);
  for (const [subject, name] of Object.entries(OTHERS)) {
    await page.getByLabel('Sample user').selectOption(subject);
    await page.locator('#who').filter({ hasText: subject }).waitFor();
    await isReady(page);
    assert((await tabNames(page)).some((tab) => tab.includes(name)), `${subject} has no tab ${name}`);
    await goTo(page, name);
    if (name === 'Receive' || name === 'Ongoing') await filled(page);
    const { answer } = await runAndAnswer(page, name);
    assert.equal(answer.errors, undefined);
    if (name === 'MyWork') for (const next of ['Pick', 'RequestHelp', 'CancelHelp']) await act(page, next);
    if (name === 'Receive') assert.deepEqual(answer.data.receiveFromCustomer.errors, []);
  }
  // What marco may not is shown as the refusal that it is.
  await goTo(page, 'Assign');
  assert.match(await filled(page), /You are refused this: .*permission/s);
  const { answer } = await runAndAnswer(page, 'Assign');
  assert.equal(answer.data.assignConversation.errors[0].code, 'PERMISSION_MISSING');

  const tokens = await page.evaluate(() => fetch('graphiql/people').then((answer) => answer.json()));
  const [ingrid] = tokens.people;

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Paste a token to sign in').waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify({ ...sessionStorage }).includes('eyJ')), false, 'the token outlives the session');
  await page.reload();
  await page.getByText('Paste a token to sign in').waitFor();
  await shoot(page, 'graphiql-signed-out-1440');
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shoot(page, 'graphiql-signed-out-390');
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  assert.match(await page.getByLabel('Token').evaluate((field) => field.validationMessage), /not a token/);
  await page.getByLabel('Token').fill(`Bearer ${ingrid.token}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('#who').filter({ hasText: 'ingrid' }).waitFor();
  await isReady(page);

  // A link signs in too, and leaves no trace in the address.
  const marco = tokens.people.find(({ subject }) => subject === 'marco');
  await page.goto(`${base}/graphiql#token=${marco.token}`);
  await page.locator('#who').filter({ hasText: 'marco' }).waitFor();
  assert(!page.url().includes('token'), 'the token is still in the address');

  await page.close();
}
