// Thousands of conversations and messages without end: all can be reached, what is in sight is right, and the page does no
// more than a page can.
import assert from 'node:assert/strict';
import { hands } from './hands.mjs';
import { storm } from './storm.mjs';

const AT_ONCE = 50;
const MESSAGES_A_SECOND = 100;

export async function long({ open, step, sights, world, token, ask, many }) {
  await step(`${many} conversations begin`, async () => {
    for (let at = 0; at < many; at += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, many - at) }, (_, more) => at + more);
      await Promise.all(some.map((number) => world.start(`Customer ${number}`, `Number ${number}`)));
    }
  });
  const page = await open();
  const { signIn } = hands(() => page);
  await signIn(token);
  await page.locator('li[data-index="5"] button.row').waitFor();
  const scroller = page.locator('.scroller');
  /** What is in sight, by numbers and ids; one that has the keyboard may be mounted far from there. */
  const shown = () => scroller.evaluate((element) => {
    const first = Math.floor(element.scrollTop / Number(element.dataset.height));
    const rows = [...element.querySelectorAll('li:has(button.row)')];
    return rows
      .map((one) => [Number(one.dataset.index), one.querySelector('button.row').dataset.conversation])
      .filter(([index]) => index >= first && index <= first + element.clientHeight / Number(element.dataset.height))
      .sort(([one], [other]) => one - other);
  });
  const order = async (orderBy) => {
    const ids = [];
    for (let after = null, more = true; more; ) {
      const { nodes, pageInfo } = await ask(
        `query($after: String, $orderBy: OngoingOrder) { ongoingConversations(first: 100, after: $after, orderBy: $orderBy) {
          nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { after, orderBy },
      );
      ids.push(...nodes.map(({ id }) => id));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    return ids;
  };
  /** The rows that are shown are those of the server, one behind the other, and all in sight are there. */
  const agrees = (rows, ids, sight) => {
    const first = ids.indexOf(rows[0][1]);
    assert(first >= 0, 'the first row is nowhere');
    assert.deepEqual(rows.map(([, id]) => id), ids.slice(first, first + rows.length));
    assert(rows.length >= sight, `${rows.length} rows for ${sight} in sight`);
    return first;
  };
  const to = async (index) => {
    await scroller.evaluate((element, at) => (element.scrollTop = at * Number(element.dataset.height)), index);
    await page.waitForFunction(
      ([from, to]) => Array.from({ length: to - from }, (_, at) => document.querySelector(`li[data-index="${from + at}"] button.row`)).every(Boolean),
      [index, index + sight],
    );
  };
  const sight = await scroller.evaluate((element) => Math.floor(element.clientHeight / Number(element.dataset.height)));

  await step('any row is a scroll away, and is where the server has it', async () => {
    await page.getByLabel('Order').selectOption({ label: 'Oldest first' });
    await page.waitForTimeout(500);
    const ids = await order({ field: 'STARTED_AT', direction: 'ASC' });
    for (const index of [95, 180, Math.floor(many / 2), many - sight, 130, 0]) {
      const begin = Date.now();
      await to(index);
      process.stdout.write(`desk: row ${index} of ${ids.length} is there after ${Date.now() - begin} ms\n`);
      const first = agrees(await shown(), ids, sight);
      assert(Math.abs(first - index) <= 20, `${index} shows ${first}`);
    }
  });

  await step('the keyboard goes through all of it', async () => {
    await page.locator('li[data-index="0"] button.row').focus();
    await page.keyboard.press('End');
    await page.waitForFunction((last) => document.activeElement?.closest('li')?.dataset.index === String(last), (await total(page)) - 1);
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.activeElement?.closest('li')?.dataset.index === '0');
    for (let times = 0; times < 12; times += 1) await page.keyboard.press('PageDown');
    await page.waitForFunction((least) => Number(document.activeElement?.closest('li')?.dataset.index) >= least, 12 * (sight - 2));
  });

  await step(`${MESSAGES_A_SECOND} messages a second cost a render a frame at most, and no row too many`, async () => {
    await page.getByLabel('Order').selectOption({ label: 'Latest activity first' });
    await page.locator('li[data-index="0"] button.row').waitFor();
    const ids = await order({ field: 'LAST_ACTIVITY_AT', direction: 'DESC' });
    for (const index of [0, 250]) {
      await to(index);
      const stop = storm(world, ids, MESSAGES_A_SECOND);
      const watched = await page.evaluate(watch, 6_000);
      const sent = await stop();
      process.stdout.write(
        `desk: at row ${index}, ${Math.round(sent / 6)} messages a second: ${watched.frames} frames, ${watched.renders} renders, ` +
          `${watched.most} in one frame; ${watched.mounted} rows mounted for ${sight} in sight\n`,
      );
      assert(watched.renders > 5, `only ${watched.renders} renders`);
      assert.equal(watched.most, 1, 'renders in one frame');
      assert(watched.mounted <= sight + 20, `${watched.mounted} rows are mounted`);
      // When it is quiet again, what is shown is what the server has.
      await page.waitForTimeout(2_500);
      agrees(await shown(), await order({ field: 'LAST_ACTIVITY_AT', direction: 'DESC' }), sight);
    }
    await sights('long', page);
  });

  await step('ten minutes of such events, played fast, leave nothing behind', async () => {
    await to(0);
    const ids = (await order({ field: 'STARTED_AT', direction: 'ASC' })).slice(0, 400);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const kept = async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      return Object.fromEntries(metrics.filter(({ name }) => ['Nodes', 'JSEventListeners', 'JSHeapUsedSize'].includes(name)).map(({ name, value }) => [name, value]));
    };
    const some = async (times) => {
      for (let sent = 0; sent < times; sent += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => world.say(ids[(sent + more) % ids.length], `Again ${sent + more}`)));
      }
      await page.waitForTimeout(1_500);
    };
    // Ten minutes of supervisors' work have some ten events a second; what is warmed up is counted from.
    await some(1_000);
    const before = await kept();
    await some(6_000);
    const after = await kept();
    process.stdout.write(`desk: before and after 6,000 messages: ${JSON.stringify(before)} ${JSON.stringify(after)}\n`);
    assert(after.Nodes <= before.Nodes * 1.1 + 200, 'nodes grow');
    assert(after.JSEventListeners <= before.JSEventListeners + 20, 'listeners grow');
    assert(after.JSHeapUsedSize <= before.JSHeapUsedSize * 1.3 + 4e6, 'the heap grows');
  });
  await page.close();
}

const total = (page) => page.locator('.rows > li').first().evaluate((row) => Number(row.ariaSetSize ?? row.getAttribute('aria-setsize')));

/** In the page: how often the list is changed, by frames, and how many rows it has at most. */
function watch(forMs) {
  return new Promise((done) => {
    let [frames, renders, inFrame, most, mounted] = [0, 0, 0, 0, 0];
    const list = document.querySelector('.rows');
    // It is told once for all that one render changed.
    const observer = new MutationObserver(() => {
      renders += 1;
      inFrame += 1;
      most = Math.max(most, inFrame);
      mounted = Math.max(mounted, list.children.length);
    });
    observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
    const end = performance.now() + forMs;
    const frame = () => {
      frames += 1;
      inFrame = 0;
      if (performance.now() < end) return requestAnimationFrame(frame);
      observer.disconnect();
      done({ frames, renders, most, mounted });
    };
    requestAnimationFrame(frame);
  });
}
