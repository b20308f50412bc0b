// docs/live-lists.md and the WebSocket example of docs/api.md, by their own text: each keeps a list over a restart of
// the server and past the end of a token, and shows at the end what the query shows.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gql } from '@apollo/client';
import { subscribe } from 'wonka';
import WebSocket from 'ws';

const REGIE = process.env.REGIE;
const folder = await mkdtemp(join(tmpdir(), 'live-lists-'));
const page = await readFile(new URL('../../docs/live-lists.md', import.meta.url), 'utf8');
const blocks = (text, language) => [...text.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'))].map(([, block]) => block);

// The page as a module, where its imports are to be found.
const module = new URL('./live-lists.page.mjs', import.meta.url);
await writeFile(module, blocks(page, 'js').join('\n'));
const { apply, connect, follow, urqlClient, apolloClient } = await import(module);
const [query] = blocks(page, 'graphql');

const port = await new Promise((resolve) => {
  const free = createServer().listen(0, '127.0.0.1', () => {
    const { port } = free.address();
    free.close(() => resolve(port));
  });
});
const base = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  REGIE_JWT_SECRET: 'a secret for this test alone, of forty bytes or more',
  REGIE_DATABASE_URL: `sqlite://${folder}/regie.db?mode=rwc`,
  REGIE_LISTEN: `127.0.0.1:${port}`,
  REGIE_JWT_CLOCK_SKEW_SECONDS: '0',
};
const mint = (...args) => execFileSync(REGIE, ['token', ...args], { env, encoding: 'utf8' }).trim();
let server;
const serve = async () => {
  server = spawn(REGIE, ['serve'], { env, stdio: 'ignore' });
  for (;;) {
    const ready = await fetch(`${base}/health/ready`).catch(() => null);
    if (ready?.ok) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
};
const stop = async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
};

try {
  await serve();
  process.env.BASE_URL = base;
  process.env.ADMINISTRATOR = mint('--sub', 'ada', '--role', 'administrator');
  process.env.GATEWAY = mint('--sub', 'gate', '--role', 'gateway', '--channels', '*');
  const supervisor = mint('--sub', 'sam', '--role', 'supervisor', '--queues', '*', '--permissions', 'all');
  const { open } = await import('./floor.mjs');

  let tokens = 0;
  const token = async () => {
    tokens += 1;
    // The first lasts for seconds: the connection is closed with it, and comes back by the next.
    return tokens === 1 ? mint('--sub', 'sam', '--role', 'supervisor', '--queues', '*', '--ttl', '3s') : supervisor;
  };
  const live = connect({ url: `${base.replace('http', 'ws')}/graphql`, token, webSocketImpl: WebSocket });
  const variables = { first: 50, orderBy: { field: 'STARTED_AT', direction: 'ASC' } };
  const lists = { 'graphql-ws': [], urql: [], Apollo: [] };
  const fail = (error) => assert.fail(JSON.stringify(error));

  follow(live, query, variables, (rows) => (lists['graphql-ws'] = rows), fail);
  const message = (name) => ({ data, error }) => {
    if (error) fail(error);
    lists[name] = apply(lists[name], data.ongoingConversationsLive);
  };
  subscribe(message('urql'))(urqlClient(`${base}/graphql`, live).subscription(query, variables));
  apolloClient(live)
    .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
    .subscribe(message('Apollo'));

  // The example of docs/api.md, of which only the type is not JavaScript.
  const handled = [];
  const [example] = blocks(await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8'), 'ts');
  const text = example.replace(': { after?: string }', '').replace('createClient({', 'createClient({ webSocketImpl: WebSocket,');
  const watch = `subscription($after: LogCursor) {
    conversationChanges(after: $after) { ... on ConversationChangeEvent { cursor change { __typename } conversation { id } } }
  }`;
  const { createClient } = await import('graphql-ws');
  const AsyncFunction = (async () => {}).constructor;
  const run = new AsyncFunction('createClient', 'WebSocket', 'base', 'token', 'query', 'handle', text);
  const handle = ({ conversationChanges: event }) => {
    if (event.change.__typename === 'ConversationStarted') handled.push(event.conversation.id);
  };
  run(createClient, WebSocket, base.replace('http', 'ws'), async () => supervisor, watch, handle).catch(fail);

  const shows = async (name, rows) => {
    for (let tries = 0; tries < 300; tries += 1) {
      if (lists[name].length === rows) return;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    assert.fail(`${name} shows ${lists[name].length} rows, not ${rows}`);
  };
  for (const name of Object.keys(lists)) await shows(name, 0);
  await new Promise((wake) => setTimeout(wake, 500));
  const started = [await open()];
  for (const name of Object.keys(lists)) await shows(name, 1);
  // Past the end of the first token, and over a restart.
  await new Promise((wake) => setTimeout(wake, 4000));
  started.push(await open());
  for (const name of Object.keys(lists)) await shows(name, 2);
  assert(tokens > 1, 'the token never ended');
  await stop();
  await serve();
  started.push(await open(), await open());
  for (const name of Object.keys(lists)) await shows(name, 4);

  const asked = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${supervisor}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query($first: Int, $orderBy: OngoingOrder) { ongoingConversations(first: $first, orderBy: $orderBy) {
        nodes { __typename id version state customer { __typename name } } } }`,
      variables,
    }),
  });
  const { nodes } = (await asked.json()).data.ongoingConversations;
  // Apollo and urql add `__typename` to what they ask; what is shown is compared without it.
  const plain = (rows) => JSON.parse(JSON.stringify(rows, (key, value) => (key === '__typename' ? undefined : value)));
  for (const [name, rows] of Object.entries(lists)) assert.deepEqual(plain(rows), plain(nodes), name);
  for (let tries = 0; handled.length < started.length && tries < 100; tries += 1) {
    await new Promise((wake) => setTimeout(wake, 100));
  }
  assert.deepEqual(handled, started, 'docs/api.md: each event once, in order');
  console.log(`live lists: ${Object.keys(lists).join(', ')} over a restart and the end of a token`);
  await live.dispose();
} finally {
  server?.kill('SIGKILL');
  await rm(folder, { recursive: true });
  await rm(module, { force: true });
}
process.exit(0);
