// A server of the test's own, on a database file that outlives it, and customers who are unhappy.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database and a key, and servers that use them one after the other. */
export function house(regie) {
  const folder = mkdtempSync(join(tmpdir(), 'regie-browser-'));
  const environment = {
    ...process.env,
    REGIE_DATABASE_URL: `sqlite://${join(folder, 'regie.db')}?mode=rwc`,
    REGIE_JWT_SECRET: randomBytes(32).toString('base64'),
    REGIE_LOG: 'warn',
  };
  const token = (...words) => execFileSync(regie, ['token', ...words], { env: environment, cwd: folder, encoding: 'utf8' }).trim();
  return {
    /** A token of this house. */
    token,
    /** Starts a server at this port and waits until it is ready. */
    async start(port) {
      const env = { ...environment, REGIE_LISTEN: `127.0.0.1:${port}` };
      const child = spawn(regie, ['serve'], { env, cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const base = `http://127.0.0.1:${port}`;
      for (let tries = 0; ; tries += 1) {
        const isReady = await fetch(`${base}/health/ready`).then(({ ok }) => ok, () => false);
        if (isReady) break;
        assert(child.exitCode === null && tries < 300, 'the server does not start');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return {
        base,
        /** Kills it, as a power cut would. */
        async kill() {
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Asks as this token, and fails on any error. */
export async function ask(base, token, query, variables) {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** A customer who is unhappy with their first word: exactly one change of sentiment. */
export async function anUnhappyCustomer(base, administrator, gateway) {
  const { queues, workstreams } = await ask(
    base,
    administrator,
    '{ queues(first: 20) { edges { node { id kind } } } workstreams(first: 20) { edges { node { id kind } } } }',
  );
  const messaging = ({ edges }) => edges.find(({ node }) => node.kind === 'MESSAGING').node.id;
  const { startConversation } = await ask(
    base,
    gateway,
    `mutation ($queue: ID!, $workstream: ID!) {
      startConversation(input: { channel: WHATSAPP, queueId: $queue, workstreamId: $workstream }) { conversation { id } errors { code } }
    }`,
    { queue: messaging(queues), workstream: messaging(workstreams) },
  );
  assert.deepEqual(startConversation.errors, []);
  const { receiveCustomerMessage } = await ask(
    base,
    gateway,
    `mutation ($id: ID!) {
      receiveCustomerMessage(input: { conversationId: $id, text: "This is terrible, awful and horrible." }) { errors { code } }
    }`,
    { id: startConversation.conversation.id },
  );
  assert.deepEqual(receiveCustomerMessage.errors, []);
}
