// The property that the package is for: whatever happens to connections and server, each list that is shown is what the query
// shows at its cursor, and in the end it is what the query shows now.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../src/connect.js';
import { type LiveListState, liveList } from '../src/liveList.js';
import { type Row, SimulatedServer } from './simulated.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

interface Data {
  ongoingConversationsLive: { conversations: Row[] };
}

function stage(server: SimulatedServer, first: number) {
  let number = 0;
  const connection = connect({
    url: 'http://regie.example/graphql',
    token: ({ refused }) => `token-${refused === null ? Math.max(number, 1) : (number = Math.max(number, server.leastToken))}`,
    webSocketImpl: server.Socket,
  });
  const list = liveList<Data, { first: number }>(connection, 'subscription { it }', { first }, { schedule: 'sync' });
  return { connection, list };
}

const ids = fc.integer({ min: 0, max: 9 }).map((number) => `conv_${number}`);
type Deed = (server: SimulatedServer) => void;
const named = (name: string, deed: Deed) => Object.assign(deed, { toString: () => name });
const deeds = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: ids, rank: fc.integer({ min: 0, max: 5 }) }).map(({ id, rank }) => named(`put ${id} at ${rank}`, (server) => server.change((rows) => put(rows, id, rank)))) },
  { weight: 2, arbitrary: ids.map((id) => named(`remove ${id}`, (server) => server.change((rows) => rows.filter((row) => row.id !== id)))) },
  { weight: 2, arbitrary: fc.constantFrom(1006, 1011, 1012, 4401, 4410, 4499).map((code) => named(`cut ${code}`, (server) => server.cut(code))) },
  { weight: 1, arbitrary: fc.constant(named('the token is refused', (server) => { server.leastToken += 1; server.cut(4403); })) },
  { weight: 1, arbitrary: fc.boolean().map((other) => named(`restart, other database: ${other}`, (server) => server.restart(other))) },
  { weight: 1, arbitrary: fc.constantFrom('INTERNAL', 'RATE_LIMITED', 'CURSOR_INVALID').map((code) => named(`refuse ${code}`, (server) => server.refuse(code))) },
  { weight: 1, arbitrary: fc.boolean().map((up) => named(up ? 'up' : 'down', (server) => { server.isUp = up; if (!up) server.cut(1006); })) },
);

function put(rows: Row[], id: string, rank: number): Row[] {
  const version = (rows.find((row) => row.id === id)?.version ?? 0) + 1;
  return [...rows.filter((row) => row.id !== id), { id, version, rank }];
}

test('under cuts, restarts and reordering a list is what the query shows at its cursor', async () => {
  let shown = 0;
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(deeds, fc.constantFrom(0, 1, 7, 300, 6_000)), { maxLength: 60, size: 'max' }),
      fc.integer({ min: 0, max: 6 }),
      async (happens, first) => {
        const server = new SimulatedServer();
        const { connection, list } = stage(server, first);
        const check = ({ list }: LiveListState<Row>) => {
          if (list === null) return;
          shown += 1;
          expect({ rows: list.rows, totalCount: list.totalCount }).toEqual(server.at(list.cursor, first));
        };
        list.subscribe(() => check(list.get()));
        for (const [deed, ms] of happens) {
          deed(server);
          await pass(ms);
        }
        server.isUp = true;
        await pass(120_000);
        expect(connection.state.get().status).toBe('live');
        const last = list.get();
        expect(last.trouble).toBeNull();
        expect({ rows: last.list?.rows, totalCount: last.list?.totalCount }).toEqual(server.now(first));
        resumed += server.opened - 1;
        connection.close();
        await pass(10);
        expect(server.sockets.size).toBe(0);
      },
    ),
    { numRuns: 300, seed: Number(process.env.SEED ?? Date.now()) },
  );
  console.log(`live list: 300 random histories, ${shown} lists compared at their cursor, ${resumed} reconnections`);
}, 60_000);

test('what nobody can mend is told and left, until somebody asks', async () => {
  const server = new SimulatedServer();
  const { connection, list } = stage(server, 5);
  await pass(100);
  server.refuse('PERMISSION_MISSING');
  await pass(60_000);
  expect(list.get().trouble).toMatchObject({ lasting: true, fault: { code: 'PERMISSION_MISSING' } });
  server.change((rows) => put(rows, 'conv_1', 1));
  await pass(60_000);
  expect(list.get().list?.rows).toEqual([]);
  list.again();
  await pass(100);
  expect(list.get()).toMatchObject({ trouble: null, list: { rows: [{ id: 'conv_1' }] } });
  connection.close();
});

test('the changes of one moment are shown together', async () => {
  const server = new SimulatedServer();
  const connection = connect({ url: 'ws://regie.example/graphql', token: () => 'token-1', webSocketImpl: server.Socket });
  const deliveries: (() => void)[] = [];
  const list = liveList<Data, { first: number }>(connection, 'subscription { it }', { first: 5 }, { schedule: (deliver) => deliveries.push(deliver) });
  let times = 0;
  list.subscribe(() => (times += 1));
  await pass(100);
  for (let number = 0; number < 50; number += 1) server.change((rows) => put(rows, `conv_${number}`, number));
  await pass(100);
  expect([deliveries.length, times]).toEqual([1, 0]);
  deliveries[0]?.();
  expect(times).toBe(1);
  expect(list.get().list?.totalCount).toBe(50);
  connection.close();
});

test('a closed list shows nothing more', async () => {
  const server = new SimulatedServer();
  const { connection, list } = stage(server, 5);
  await pass(100);
  const before = list.get();
  list.close();
  server.change((rows) => put(rows, 'conv_1', 1));
  await pass(100);
  expect(list.get()).toBe(before);
  connection.close();
});
