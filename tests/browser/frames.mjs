// What the desk costs the browser: times between frames, and how busy the page is, while thousands of conversations live.
//
//   npm ci && BINARY=…/regie node frames.mjs
//
// Prints one line of JSON, which `bench desk` makes a table of. BINARY is Regie's, of the profile that ships, with the desk in it.
// MANY says how many conversations there are (default 5,000), SECONDS how long each case lasts (default 10). CHROMIUM names
// the browser (default /usr/bin/chromium).
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { hands } from './desk/hands.mjs';
import { regie } from './desk/server.mjs';
import { stage } from './desk/stage.mjs';
import { storm } from './desk/storm.mjs';

const { BINARY, MANY = '5000', SECONDS = '10', CHROMIUM = '/usr/bin/chromium' } = process.env;
assert(BINARY, 'BINARY must be set');
const [many, seconds] = [Number(MANY), Number(SECONDS)];
const MESSAGES_A_SECOND = 100;
const AT_ONCE = 50;

const folder = await mkdtemp(join(tmpdir(), 'regie-frames-'));
const server = await regie(resolve(BINARY), folder);
let browser;
try {
  await server.start();
  const world = await stage(server);
  const ids = [];
  while (ids.length < many) {
    const some = Array.from({ length: Math.min(AT_ONCE, many - ids.length) }, (_, at) => ids.length + at);
    ids.push(...(await Promise.all(some.map((number) => world.start(`Customer ${number}`, `Number ${number}`)))));
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const { signIn } = hands(() => page);
  await page.goto(server.url);
  await signIn(server.token('ingrid', 'supervisor', '--queues', '*', '--permissions', 'all'));
  await page.locator('li[data-index="5"] button.row').waitFor();
  await page.getByLabel('Order').selectOption({ label: 'Latest activity first' });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');

  const cases = [
    ['nothing happens', 0, false],
    [`${MESSAGES_A_SECOND} messages a second`, MESSAGES_A_SECOND, false],
    [`${MESSAGES_A_SECOND} messages a second, scrolled through`, MESSAGES_A_SECOND, true],
  ];
  const lines = [];
  for (const [name, aSecond, scrolls] of cases) {
    await page.waitForTimeout(1_500);
    const stop = aSecond > 0 ? storm(world, ids, aSecond) : async () => 0;
    const before = await metrics(devtools);
    const frames = await page.evaluate(watch, [seconds * 1000, scrolls]);
    const after = await metrics(devtools);
    const sent = await stop();
    frames.sort((one, other) => one - other);
    const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
    const busy = (what) => ((after[what] - before[what]) / (after.Timestamp - before.Timestamp)) * 100;
    lines.push({
      case: `${many} conversations, ${name}`,
      figures: {
        'frames a second': frames.length / seconds,
        'frame p50 ms': at(0.5),
        'frame p99 ms': at(0.99),
        'longest frame ms': at(1),
        'page busy %': busy('TaskDuration'),
        'script %': busy('ScriptDuration'),
        'layout and style %': busy('LayoutDuration') + busy('RecalcStyleDuration'),
        'messages a second': sent / seconds,
      },
    });
  }
  process.stdout.write(`${JSON.stringify({ browser: browser.version(), lines })}\n`);
} finally {
  await browser?.close();
  await server.kill();
  await rm(folder, { recursive: true, force: true });
}

async function metrics(devtools) {
  const { metrics: all } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/** In the page: the times between frames, in milliseconds. */
function watch([forMs, scrolls]) {
  return new Promise((done) => {
    const times = [];
    const scroller = document.querySelector('.scroller');
    let last = performance.now();
    const end = last + forMs;
    const frame = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (scrolls) scroller.scrollTop += 40;
      if (now < end) return requestAnimationFrame(frame);
      done(times);
    };
    requestAnimationFrame(frame);
  });
}
