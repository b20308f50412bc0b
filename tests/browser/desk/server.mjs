// A Regie of the test's own that can be killed and started again on the same database.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../port.mjs';

/** Whose pictures the desk shows. */
export const ORIGIN = 'https://media.example';

/** Regie from `binary`, with its database in `folder`, and settings beside or in place of the test's own. */
export async function regie(binary, folder, settings = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    REGIE_LISTEN: `127.0.0.1:${port}`,
    REGIE_DATABASE_URL: `sqlite://${join(folder, 'desk.db')}?mode=rwc`,
    REGIE_JWT_SECRET: randomBytes(32).toString('base64'),
    REGIE_LOG: 'warn',
    REGIE_ATTACHMENT_ORIGINS: ORIGIN,
    ...settings,
  };
  let child;
  return {
    url,
    folder,
    async start() {
      child = spawn(binary, ['serve'], { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      await answering(`${url}/health/ready`, child);
    },
    /** Without warning. */
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
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

/** The desk as it is worked on, before this Regie, rather than the one that is in it. */
export async function develop(folder, regieUrl) {
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, 'develop.mjs')], {
    env: { ...process.env, REGIE_URL: regieUrl, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
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

