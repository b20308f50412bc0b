// The desk of a demo: it opens signed in, offers its other supervisors, keeps to its own server, and goes on with the next
// demo at the same address.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../port.mjs';
import { firstHour } from './first-hour.mjs';
import { hands } from './hands.mjs';

export async function demo({ binary, open, step, sights, down }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  // Without a secret of ours: only then does the demo's desk sign in by itself.
  const { REGIE_JWT_SECRET: _, ...env } = process.env;
  const begin = async () => {
    const child = spawn(binary, ['demo', '--seed', '7', '--listen', `127.0.0.1:${port}`], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    const end = Date.now() + 120_000;
    while (!printed.includes('To try')) {
      assert(child.exitCode === null && Date.now() < end, 'the demo does not start');
      await new Promise((wake) => setTimeout(wake, 100));
    }
    return { child, printed };
  };
  const stop = async ({ child }) => {
    child.kill('SIGINT');
    await once(child, 'exit');
  };
  let running = await begin();
  try {
    const page = await open();
    const elsewhere = [];
    // The page comes from another server of the test, whose icon may still be on its way.
    page.on('request', (request) => page.url().startsWith(url) && !request.url().startsWith(url) && elsewhere.push(request.url()));
    const { action, connection, row } = hands(() => page);

    await step('the demo prints its desk first, and it opens signed in', async () => {
      assert(running.printed.trimStart().startsWith(`Desk      ${url}`), running.printed);
      await page.goto(url);
      await connection('Live');
      await page.getByText('Signed in as ingrid').waitFor();
      await page.locator('button.row').first().waitFor();
      await sights('demo', page);
    });

    await step('a conversation is watched in three clicks', async () => {
      await page.getByLabel('Order').selectOption({ label: 'Latest activity first' });
      await page.locator('button.row', { hasText: 'in conversation' }).first().click();
      await page.locator('.panel .actions').waitFor();
      if ((await action('Monitor').getAttribute('aria-disabled')) === 'false') {
        await action('Monitor').click();
        await page.locator('.messages > li').first().waitFor();
      }
      await page.keyboard.press('Escape');
    });

    await step('others of the demo sign in by a click, and see what is theirs', async () => {
      const all = Number(await page.locator('.heading .count').innerText());
      await page.getByRole('button', { name: 'Sign out' }).click();
      await sights('demo-sign-in', page);
      await page.getByRole('button', { name: /marco/ }).click();
      await page.getByText('Signed in as marco').waitFor();
      await page.locator('button.row').first().waitFor();
      assert(Number(await page.locator('.heading .count').innerText()) < all, 'marco leads fewer queues');
      await page.reload();
      await page.getByText('Signed in as marco').waitFor();
    });

    await step('yesterday has figures too, and a day of its own in the address', async () => {
      const tile = (figure) => page.locator(`.tile[data-figure="${figure}"]`);
      await page.getByRole('navigation').getByRole('button', { name: 'Today', exact: true }).click();
      await page.getByRole('heading', { name: 'Today', exact: true }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'The day after' }).getAttribute('aria-disabled'), 'true');
      await page.getByRole('button', { name: 'The day before' }).click();
      const day = /day=(\d{4}-\d\d-\d\d)/.exec(page.url())[1];
      await page.getByRole('heading', { name: String(Number(day.slice(8))) }).waitFor();
      await tile('serviceLevel').getByText(/^\d+ of \d+ in time$/).waitFor();
      await tile('handle').getByText(/^\d+ handled$/).waitFor();
      await tile('waiting').getByText('Waiting at its end').waitFor();
      await page.locator('.counted').getByText('Nothing is missing.').waitFor();
      await page.getByText('The same as a table').click();
      const rows = await page.locator('.series tbody tr').count();
      assert(rows >= 23 && rows <= 25, `${rows} hours`);
      const before = await tile('serviceLevel').innerText();
      await tile('abandoned').getByRole('button', { name: 'Abandoned', exact: true }).click();
      await page.getByRole('img', { name: /^Chart: Abandoned over the day/ }).locator('canvas').waitFor();
      await sights('yesterday', page);
      await page.reload();
      await tile('serviceLevel').getByText(/^\d+ of \d+ in time$/).waitFor();
      assert.equal(await tile('serviceLevel').innerText(), before, 'a day that is over stays as it was');
      await page.getByRole('button', { name: 'Nederlands' }).click();
      await tile('waiting').getByText('Wachtend aan het eind').waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 390, height: 844 });
      await sights('yesterday-nl-390-dark', page);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByRole('button', { name: 'The day after' }).click();
      await page.getByRole('heading', { name: 'Today', exact: true }).waitFor();
      assert.doesNotMatch(page.url(), /day=/);
      await page.getByRole('navigation').getByRole('button', { name: 'Conversations', exact: true }).click();
      await page.locator('button.row').first().waitFor();
    });

    await firstHour({ url, open, step, sights });

    await step('it goes on with the next demo at the same address', async () => {
      down(true);
      await stop(running);
      await connection('Reconnecting');
      running = await begin();
      await connection('Live');
      await page.locator('button.row').first().waitFor();
      down(false);
      await page.getByText('Signed in as marco').waitFor();
      const before = await row(await page.locator('button.row').first().getAttribute('data-conversation')).count();
      assert.equal(before, 1);
    });
    assert.deepEqual(elsewhere, [], 'requests to others');
    await page.close();
  } finally {
    await stop(running);
  }
}
