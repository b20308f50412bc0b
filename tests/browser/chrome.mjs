// A browser that complains: every request to another host, every console error, every breach of a
// content security policy is noted. CHROMIUM names the program (default /usr/bin/chromium).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium', SCREENSHOTS } = process.env;

/** Starts the browser; `host` is the only one that pages may talk to. */
export async function openBrowser(host) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const elsewhere = [];
  const complaints = [];
  const note = (address) => {
    const { protocol, host: to } = new URL(address);
    if (!['data:', 'blob:', 'about:'].includes(protocol) && to !== host) elsewhere.push(address);
  };
  return {
    /** A page that is watched, in a context of its own. */
    async open(viewport = { width: 1440, height: 900 }) {
      const page = await browser.newPage({ viewport });
      page.on('request', (request) => note(request.url()));
      page.on('websocket', (socket) => note(socket.url()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      return page;
    },
    /** Takes note of what is expected to be complained about while `act` runs. */
    async expecting(pattern, act) {
      const before = complaints.length;
      await act();
      const these = complaints.splice(before);
      complaints.push(...these.filter((complaint) => !pattern.test(complaint)));
    },
    /** Fails if anything was noted. */
    check() {
      assert.deepEqual(elsewhere, [], 'requests to other hosts');
      assert.deepEqual(complaints, [], 'console errors');
    },
    close: () => browser.close(),
  };
}

/** Saves a picture where SCREENSHOTS names a folder. */
export async function shoot(page, name) {
  if (!SCREENSHOTS) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Waits until `look` returns something, and returns it; `what` says what did not come. */
export async function eventually(page, what, look, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert(Date.now() < end, typeof what === 'function' ? await what() : what);
    await page.waitForTimeout(100);
  }
}
