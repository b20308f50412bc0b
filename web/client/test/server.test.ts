// The same property before Regie itself, which REGIE names: connections are cut at random, the server is killed (-9) and
// started again, tokens end, and what is ongoing changes and moves. Whenever nothing changes for a moment, each list is what
// the query shows.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { connect } from '../src/connect.js';
import type { AnyVariables } from '../src/document.js';
import { liveList } from '../src/liveList.js';
import { liveQuery } from '../src/liveQuery.js';
import { mutate } from '../src/mutate.js';
import { query } from '../src/query.js';

const { REGIE, ROUNDS = '12', SEED = String(Date.now()) } = process.env;

interface Row {
  id: string;
  version: number;
  state: string;
  sentiment: { level: string } | null;
}
interface Page {
  asOf: string;
  totalCount: number;
  nodes: Row[];
  pageInfo: { endCursor: string | null };
}
const ROW = 'id version state sentiment { level }';
const LIST = `subscription($first: Int, $filter: OngoingFilter, $orderBy: OngoingOrder, $after: LogCursor) {
  ongoingConversationsLive(first: $first, filter: $filter, orderBy: $orderBy, after: $after) {
    ... on OngoingSnapshot { cursor totalCount conversations { ${ROW} } }
    ... on OngoingChanges { cursor totalCount changes {
      ... on OngoingEntered { index conversation { ${ROW} } }
      ... on OngoingUpdated { index conversation { ${ROW} } }
      ... on OngoingMoved { index conversation { ${ROW} } }
      ... on OngoingLeft { conversationId }
    } }
  }
}`;
const PAGE = `query($first: Int, $filter: OngoingFilter, $orderBy: OngoingOrder, $after: String) {
  ongoingConversations(first: $first, filter: $filter, orderBy: $orderBy, after: $after) {
    asOf totalCount nodes { ${ROW} } pageInfo { endCursor }
  }
}`;
const CLOSE = 'mutation($input: ForceCloseConversationInput!) { forceCloseConversation(input: $input) { asOf errors { code message } } }';

const VIEWS = [
  { first: 5, orderBy: { field: 'SENTIMENT', direction: 'ASC' } },
  { first: 3, filter: { states: ['OPEN'] }, orderBy: { field: 'WAITING_TIME', direction: 'DESC' } },
  { first: 50, orderBy: { field: 'STARTED_AT', direction: 'DESC' } },
];
const SAID = ['Where is my order?', 'This is terrible, I am furious, awful!', 'Thank you, wonderful, great help!'];

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

/** The server, behind something that can cut whatever goes through it. */
async function regie(binary: string, folder: string) {
  const port = await freePort();
  const env = {
    ...process.env,
    REGIE_LISTEN: `127.0.0.1:${port}`,
    REGIE_DATABASE_URL: `sqlite://${join(folder, 'client.db')}?mode=rwc`,
    REGIE_JWT_SECRET: 'a secret for this test alone, of forty bytes or more',
    REGIE_JWT_CLOCK_SKEW_SECONDS: '0',
    REGIE_REQUESTS_PER_SECOND: '0',
    REGIE_LOG: 'warn',
  };
  const sockets = new Set<Socket>();
  const wire = createServer((socket) => {
    const upstream = dial(port, '127.0.0.1');
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(wire, 'listening');
  let child: ChildProcess | undefined;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    wire: `http://127.0.0.1:${(wire.address() as AddressInfo).port}/graphql`,
    async start() {
      child = spawn(binary, ['serve'], { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      for (let tries = 0; tries < 600; tries += 1) {
        if (await fetch(`${url}/health/ready`).then((response) => response.ok, () => false)) return;
        await sleep(50);
      }
      throw new Error('the server does not start');
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close: () => wire.close(),
    token: (subject: string, role: string, ...more: string[]) =>
      execFileSync(binary, ['token', '--sub', subject, '--role', role, ...more], { env, cwd: folder, encoding: 'utf8' }).trim(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A queue and a workstream, and what customers do there. */
async function customers(url: string, administrator: string, gateway: string) {
  const ask = async (token: string, text: string, variables: object = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Record<string, Record<string, unknown>>; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const made = await ask(
    administrator,
    `mutation {
      createQueue(input: { name: "Orders" }) { queue { id } errors { code } }
      createWorkstream(input: { name: "Chat" }) { workstream { id } errors { code } }
      updateSupervisorSettings(input: { supervisorForceClose: true }) { errors { code } }
    }`,
  );
  const place = { queueId: (made.createQueue as { queue: { id: string } }).queue.id, workstreamId: (made.createWorkstream as { workstream: { id: string } }).workstream.id };
  return {
    async start() {
      const input = { channel: 'LIVE_CHAT', ...place, customer: { name: 'Noor' } };
      const { startConversation } = await ask(gateway, 'mutation($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } errors { code } } }', { input });
      return (startConversation as { conversation: { id: string } }).conversation.id;
    },
    say: (conversationId: string, text: string) =>
      ask(gateway, 'mutation($input: ReceiveCustomerMessageInput!) { receiveCustomerMessage(input: $input) { errors { code } } }', { input: { conversationId, text } }),
  };
}

test.skipIf(!REGIE)('before Regie, over cuts, kills and ends of tokens, lists and pages are what the query shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'regie-client-'));
  const server = await regie(REGIE as string, folder);
  const numbers = fc.sample(fc.nat(), { numRuns: 4_000, seed: Number(SEED) });
  const below = (limit: number) => (numbers.pop() as number) % limit;
  let kills = 0;
  let cuts = 0;
  let tokens = 0;
  try {
    await server.start();
    const world = await customers(server.url, server.token('ada', 'administrator'), server.token('gate', 'gateway', '--channels', '*'));
    const scope = ['--queues', '*', '--permissions', 'all'];
    const straight = connect({ url: `${server.url}/graphql`, token: () => server.token('sam', 'supervisor', ...scope), webSocketImpl: WebSocket });
    const connection = connect({
      url: server.wire,
      token: () => {
        tokens += 1;
        return server.token('sam', 'supervisor', ...scope, '--ttl', '6s');
      },
      webSocketImpl: WebSocket,
    });
    type Update = { ongoingConversationsLive: { conversations: Row[] } };
    const lists = VIEWS.map((view) => liveList<Update, AnyVariables>(connection, LIST, view));
    // What stands below the first rows of the second view, as it moves.
    const top = (await query<{ ongoingConversations: Page }, AnyVariables>(straight, PAGE, { first: 1 })).data;
    expect(top?.ongoingConversations.totalCount).toBe(0);
    const ongoing: string[] = [];
    for (let number = 0; number < 8; number += 1) ongoing.push(await world.start());
    const first = await query<{ ongoingConversations: Page }, AnyVariables>(straight, PAGE, VIEWS[1] as AnyVariables);
    const below3 = { ...VIEWS[1], after: first.data?.ongoingConversations.pageInfo.endCursor };
    const page = liveQuery<{ ongoingConversations: Page }, AnyVariables>(connection, PAGE, below3, { asOf: (data) => data.ongoingConversations.asOf });

    for (let round = 0; round < Number(ROUNDS); round += 1) {
      const closing: Promise<void>[] = [];
      for (let deed = below(12); deed >= 0; deed -= 1) {
        const id = ongoing[below(ongoing.length)];
        const what = below(10);
        if (what < 2 || id === undefined) ongoing.push(await world.start());
        else if (what < 6) await world.say(id, SAID[below(SAID.length)] as string);
        else if (what < 7) {
          ongoing.splice(ongoing.indexOf(id), 1);
          // Over the wire that is cut: carried out once all the same.
          closing.push(
            mutate<{ forceCloseConversation: { errors: { code: string }[] } }, { conversationId: string; reason: string }>(connection, CLOSE, { conversationId: id, reason: 'a test' }).then(
              (outcome) => expect(outcome.kind).toBe('done'),
            ),
          );
        } else {
          server.cut();
          cuts += 1;
        }
        await sleep(below(30));
      }
      if (round % 3 === 2) {
        await server.kill();
        kills += 1;
        await sleep(below(300));
        await server.start();
      }
      await Promise.all(closing);
      const wanted = await Promise.all([...VIEWS, below3].map(async (view) => (await query<{ ongoingConversations: Page }, AnyVariables>(straight, PAGE, view)).data?.ongoingConversations));
      const shown = () => [
        ...lists.map((list) => ({ rows: list.get().list?.rows, totalCount: list.get().list?.totalCount })),
        { rows: page.get().data?.ongoingConversations.nodes, totalCount: page.get().data?.ongoingConversations.totalCount },
      ];
      const expected = wanted.map((one) => ({ rows: one?.nodes, totalCount: one?.totalCount }));
      for (let tries = 0; JSON.stringify(shown()) !== JSON.stringify(expected) && tries < 300; tries += 1) await sleep(50);
      expect(shown(), `round ${round} of seed ${SEED}`).toEqual(expected);
    }
    expect(tokens).toBeGreaterThan(1);
    connection.close();
    straight.close();
    console.log(`live list before Regie: ${ROUNDS} rounds, ${cuts} cuts, ${kills} kills, ${tokens} tokens, ${lists.length} lists and a page right after each (seed ${SEED})`);
  } finally {
    await server.kill();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
