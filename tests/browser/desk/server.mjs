// A Regie of the test's own that can be killed and started again on the same database, and the
// desk in front of it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../port.mjs';

/** Regie from `binary`, with its database in `folder`. */
export async function regie(binary, folder) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    REGIE_LISTEN: `127.0.0.1:${port}`,
    REGIE_DATABASE_URL: `sqlite://${join(folder, 'desk.db')}?mode=rwc`,
    REGIE_JWT_SECRET: randomBytes(32).toString('base64'),
    REGIE_LOG: 'warn',
  };
  let child;
  return {
    url,
    async start() {
      child = spawn(binary, ['serve'], { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      await answering(`${url}/health/ready`, child);
    },
    /** Without warning. */
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    token(subject, role, ...more) {
      const options = ['token', '--sub', subject, '--role', role, ...more];
      return execFileSync(binary, options, { env, cwd: folder, encoding: 'utf8' }).trim();
    },
  };
}

/** The built desk, by Vite's preview server. */
export async function desk(folder, regieUrl) {
  const port = await freePort();
  const vite = join(folder, 'node_modules/vite/bin/vite.js');
  const options = ['preview', '--host', '127.0.0.1', '--port', String(port), '--strictPort'];
  const child = spawn(process.execPath, [vite, ...options], {
    cwd: folder,
    env: { ...process.env, REGIE_URL: regieUrl },
    // It tells of every connection that is cut, which is what this test does.
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child);
  return { url, stop: () => child.kill() };
}

/** Sends one operation, and fails on errors and refusals alike. */
export function caller(url, token) {
  return async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    const answer = Object.values(data)[0];
    assert.deepEqual(answer?.errors ?? [], [], JSON.stringify(variables));
    return answer;
  };
}

async function answering(url, child) {
  const end = Date.now() + 60_000;
  for (;;) {
    assert.equal(child.exitCode, null, `it ended before it answered at ${url}`);
    const ok = await fetch(url).then((response) => response.ok, () => false);
    if (ok) return;
    assert(Date.now() < end, `nothing answers at ${url}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

