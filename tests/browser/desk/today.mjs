// The figures of today: what the server counts is what the tiles, the chart and the tables show, as it happens and in the
// organisation's zone; and a screen on the wall that nobody looks after.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { holds } from './sight.mjs';

const ZONE = 'Asia/Tokyo';
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

export async function today({ open, step, sights, world, token, ask, down, server }) {
  const { admin, agents, gateway, workstreamId } = world;
  const { sanne } = agents;
  const week = DAYS.map((day) => ({ day, opens: '00:00', closes: '24:00' }));
  const queueId = (await admin('createQueue', { name: 'Front desk', hours: { timeZone: ZONE, week } }, 'queue { id }')).queue.id;
  await admin('addQueueMember', { queueId, agentId: sanne.id }, '', 'QueueMemberInput');
  const start = async (name) => {
    const input = { channel: 'WHATSAPP', queueId, workstreamId, subject: 'At the desk', customer: { name } };
    return (await gateway('startConversation', input, 'conversation { id }')).conversation.id;
  };

  /** What the page loads, and what it follows. */
  const loaded = [];
  let followed = 0;
  const page = await open(undefined, async (opened) => {
    opened.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    opened.on('websocket', (socket) => socket.on('framesent', ({ payload }) => (followed += /subscription Today/.test(payload) ? 1 : 0)));
  });
  const { connection, signIn } = hands(() => page);
  const tile = (figure) => page.locator(`.tile[data-figure="${figure}"]`);
  const value = (figure) => tile(figure).locator('.tile-value');
  const shows = (figure, words) => value(figure).getByText(words, { exact: true }).waitFor();
  const both = async (name) => {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await sights(`${name}-${scheme}`, page);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };
  await signIn(token);
  await connection('Live');
  await page.locator('button.row, .empty').first().waitFor();
  assert(!loaded.some((path) => path.includes('/chart-')), 'the first page loads no chart');

  await step('the day has no figures where there are no cases, and says so', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Today', exact: true }).click();
    await page.getByText(`Time zone ${ZONE}`).waitFor();
    await page.getByLabel('Queue', { exact: true }).selectOption({ label: 'Front desk' });
    await shows('waiting', '0');
    for (const figure of ['serviceLevel', 'abandoned', 'speed', 'handle', 'sentiment']) await shows(figure, 'no figures');
    await page.locator('.counted').getByText('Counted up to now.').waitFor();
    assert(loaded.some((path) => path.includes('/chart-')), 'the chart is loaded when it is shown');
  });

  await step('what happens is counted as it happens', async () => {
    const gone = await start('Gone Visser');
    const [first, second] = [await start('Ada Mol'), await start('Bea Kok')];
    await shows('waiting', '3');
    await tile('waiting').getByText(/^longest 0:\d\d$/).waitFor();
    await sanne.pick(first);
    await shows('waiting', '2');
    await shows('serviceLevel', '100%');
    await tile('serviceLevel').getByText('1 of 1 in time').waitFor();
    await value('speed').getByText(/^0:\d\d$/).waitFor();
    await gateway('receiveCustomerMessage', { conversationId: first, text: 'This is terrible. I am furious, the worst service ever, awful!' });
    await value('sentiment').getByText(/^-[01]\.\d\d$/).waitFor();
    await tile('sentiment').getByText('1 of 1 messages very unhappy').waitFor();
    await shows('handle', 'no figures');
    await sanne.act('endConversation', { conversationId: first });
    await value('handle').getByText(/^0:\d\d$/).waitFor();
    // Who leaves within five seconds counts for nothing.
    await page.waitForTimeout(5_500);
    await gateway('endByCustomer', { conversationId: gone });
    await shows('abandoned', '50%');
    await tile('abandoned').getByText('1 of 2 left').waitFor();
    await sanne.pick(second);
    await shows('waiting', '0');
    const { rows } = await ask(
      `query($range: InsightRange!, $filter: InsightFilter) { insights(range: $range, filter: $filter) {
        rows { figures { visits { accepted abandoned serviceLevel { within cases } } } } } }`,
      { range: around(), filter: { queueIds: [queueId] } },
    );
    const { visits } = rows[0].figures;
    assert.deepEqual([visits.accepted, visits.abandoned], [2, 1]);
    await tile('serviceLevel').getByText(`${visits.serviceLevel.within} of ${visits.serviceLevel.cases} in time`).waitFor();
  });

  await step('a figure is drawn, and the table has the same', async () => {
    await page.getByRole('img', { name: /^Chart: Service level over the day/ }).locator('canvas').waitFor();
    const drawn = await page.locator('.canvas canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((byte) => byte > 0);
    });
    assert(drawn, 'the canvas is empty');
    await page.getByText('The same as a table').click();
    const cells = await page.locator('.series tbody tr').last().locator('td').allInnerTexts();
    assert.deepEqual([...new Set(cells)], [(await value('serviceLevel').innerText()).trim()], 'all of it was in this hour');
    await tile('abandoned').getByRole('button', { name: 'Abandoned', exact: true }).click();
    await page.getByRole('img', { name: /^Chart: Abandoned over the day/ }).locator('canvas').waitFor();
    assert.match(page.url(), /#\/today\?queue=queue_\w+&figure=abandoned$/);
    await page.getByLabel('Chart by').selectOption({ label: 'Quarters of an hour' });
    await page.getByText('The same as a table').click();
    await page.waitForFunction(() => {
      const times = [...document.querySelectorAll('.series tbody th')].map((one) => one.textContent);
      return times.includes('00:00') && (times.length < 2 || times[1] === '00:15');
    });
    await both('today');
  });

  await step('a day in which nothing happened has no figures, and today is not among the earlier ones', async () => {
    await page.getByRole('button', { name: 'The day before' }).click();
    await page.getByLabel('Day', { exact: true }).waitFor();
    const today = await page.getByLabel('Day', { exact: true }).getAttribute('max');
    assert((await page.getByLabel('Day', { exact: true }).inputValue()) < today);
    await shows('serviceLevel', 'no figures');
    await shows('waiting', '0');
    await page.locator('.counted').getByText('Nothing is missing.').waitFor();
    await page.getByLabel('Day', { exact: true }).fill(today);
    await page.getByRole('heading', { name: 'Today', exact: true }).waitFor();
    assert.doesNotMatch(page.url(), /day=/);
    await tile('abandoned').getByText('1 of 3 left').waitFor();
  });

  await step('what a figure means is a press or a focus away', async () => {
    const means = tile('handle').getByRole('button', { name: 'What Handle time means' });
    const definition = tile('handle').locator('.definition');
    assert(!(await definition.isVisible()));
    await tile('handle').getByRole('button', { name: 'Handle time', exact: true }).focus();
    await page.keyboard.press('Tab');
    await definition.waitFor({ state: 'visible' });
    await page.keyboard.press('Shift+Tab');
    await definition.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /^Chart: Handle time over the day/ }).waitFor();
    const heights = () => page.locator('.tile:not([data-figure="handle"])').evaluateAll((all) => all.map((one) => Math.ceil(one.getBoundingClientRect().height)));
    const before = await heights();
    await means.click();
    await definition.getByText('wrap up').waitFor();
    for (const [at, height] of (await heights()).entries()) assert(height <= before[at], 'the others stay as they are');
    assert.equal(await means.getAttribute('aria-expanded'), 'true');
    await sights('today-definition', page);
    await means.click();
  });

  await step('all queues are beside each other, and the address keeps what is shown', async () => {
    await page.getByLabel('Queue', { exact: true }).selectOption({ label: 'All' });
    await page.locator('.by-queue').getByRole('rowheader', { name: 'All together' }).waitFor();
    await page.locator('.by-queue').getByRole('rowheader', { name: 'Front desk' }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /^Chart: Handle time over the day/ }).locator('canvas').waitFor();
    await holds(page.getByLabel('Chart by'), 'QUARTER_HOUR');
    await page.goBack();
    await page.getByRole('heading', { name: 'Ongoing conversations' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'Today', exact: true }).waitFor();
    await page.getByRole('img', { name: /^Chart: Handle time over the day/ }).waitFor();
  });

  await step('it speaks Dutch, and fits a telephone', async () => {
    await page.getByRole('button', { name: 'Nederlands' }).click();
    await tile('speed').getByText('Gemiddelde wachttijd').waitFor();
    await tile('sentiment').getByText(/^-[01],\d\d$/).waitFor();
    await sights('today-nl', page);
    await page.setViewportSize({ width: 390, height: 844 });
    await both('today-nl-390');
    await page.getByRole('button', { name: 'English' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('on the wall it is large, has nothing to press, and names no customer', async () => {
    await page.getByRole('button', { name: 'For the wall' }).click();
    await page.locator('.desk[data-wall="true"] .wall-clock').waitFor();
    assert.match(page.url(), /wall=1/);
    assert.equal(await page.locator('button:visible, select:visible, input:visible, summary:visible').count(), 0);
    const large = await value('waiting').evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
    assert(large > 40, `${large} pixels`);
    const told = await start('Toast Meijer');
    await sanne.pick(told);
    await sanne.act('requestHelp', { conversationId: told });
    await page.waitForTimeout(1_000);
    assert.equal(await page.getByText('Toast Meijer').count(), 0);
    await both('wall');
    await page.setViewportSize({ width: 1920, height: 1080 });
    await sights('wall-1920', page);
    const fits = await page.locator('.figures-today').evaluate((one) => one.scrollHeight <= one.clientHeight + 1);
    assert(fits, 'all of it is in sight on a screen of 1,920 by 1,080');
    await page.setViewportSize({ width: 390, height: 844 });
    await sights('wall-390', page);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('on the wall it comes back by itself when the server was killed', async () => {
    down(true);
    await server.kill();
    await page.locator('.notice').getByText('The connection is lost.').waitFor();
    assert.equal(await page.getByText('Counted up to now.').count(), 0, 'nobody knows that');
    await server.start();
    await page.locator('.notice').waitFor({ state: 'detached' });
    await page.getByText('Counted up to now.').waitFor();
    const before = Number(await value('waiting').innerText());
    await start('Late Smit');
    await shows('waiting', String(before + 1));
    down(false);
  });

  await step('when the day is over it asks for the next one by itself', async () => {
    const before = followed;
    const jump = 24 * 3_600_000;
    await page.evaluate((ms) => {
      const { now } = Date;
      Date.now = () => now() + ms;
    }, jump);
    await eventually('it asks again', () => followed > before);
    await page.evaluate((ms) => {
      const { now } = Date;
      Date.now = () => now() - ms;
    }, jump);
    await shows('waiting', await value('waiting').innerText());
  });

  await step('Escape leaves the wall', async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('navigation').getByRole('button', { name: 'Today', exact: true }).waitFor();
    assert.doesNotMatch(page.url(), /wall/);
  });
  await page.close();
}

/** Quarters of an hour around now. */
function around() {
  const quarter = 15 * 60_000;
  const now = Math.floor(Date.now() / quarter) * quarter;
  return { from: new Date(now - 8 * quarter).toISOString(), to: new Date(now + 4 * quarter).toISOString() };
}

async function eventually(what, look) {
  const end = Date.now() + 30_000;
  while (!(await look())) {
    assert(Date.now() < end, `not so: ${what}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
