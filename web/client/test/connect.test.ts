// Tokens and the ends of a connection.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../src/connect.js';
import type { ConnectionState } from '../src/state.js';
import type { TokenSource } from '../src/tokens.js';
import { SimulatedServer } from './simulated.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const jwt = (number: number, seconds: number) => `${number}.${btoa(JSON.stringify({ exp: Date.now() / 1000 + seconds })).replaceAll('=', '')}`;

function stage(token: TokenSource) {
  const server = new SimulatedServer();
  const connection = connect({ url: 'http://regie.example/graphql', token, webSocketImpl: server.Socket });
  const states: ConnectionState[] = [];
  connection.state.subscribe(() => states.push(connection.state.get()));
  return { server, connection, states, last: () => connection.state.get() };
}

test('the next token goes to the open connection before the first one ends', async () => {
  let number = 0;
  const { server, connection, states } = stage(() => jwt((number += 1), 300));
  await pass(200_000);
  expect(server.pinged).toEqual([]);
  await pass(200_000);
  expect(server.pinged.map(Number.parseFloat)).toEqual([2]);
  await pass(3_000_000);
  expect([server.opened, states.length]).toEqual([1, 1]);
  expect(server.pinged.length).toBeGreaterThan(10);
  connection.close();
});

test('a newer token goes to the open connection when somebody signs in again', async () => {
  let token = 'token-1';
  const { server, connection } = stage(() => token);
  await pass(100);
  token = 'token-2';
  connection.renew();
  await pass(100);
  expect([server.pinged, server.opened]).toEqual([['token-2'], 1]);
  connection.close();
});

test('a refused token asks for another, however long that takes', async () => {
  let signIn = (_: string) => {};
  const asked: (string | null)[] = [];
  const { server, connection, last } = stage(({ refused }) => {
    asked.push(refused);
    return asked.length === 1 ? 'token-1' : new Promise((resolve) => (signIn = resolve));
  });
  await pass(100);
  server.leastToken = 2;
  server.cut(4403);
  await pass(600_000);
  expect(asked).toEqual([null, 'token-1']);
  expect(last()).toMatchObject({ status: 'cutOff', why: 'token' });
  signIn('token-2');
  await pass(100);
  expect(last()).toMatchObject({ status: 'live' });
  connection.close();
});

test('a source that has no other token ends it, and says so', async () => {
  const { server, last } = stage(() => 'token-1');
  await pass(100);
  server.leastToken = 2;
  server.cut(4403);
  await pass(120_000);
  expect(last()).toMatchObject({ status: 'ended', reason: 'TOKEN_REFUSED' });
  const { opened } = server;
  await pass(600_000);
  expect(server.opened).toBe(opened);
});

test('a person who signed out ends it', async () => {
  const { server, connection, last } = stage(({ refused }) => (refused ? null : 'token-1'));
  await pass(100);
  server.leastToken = 2;
  server.cut(4403);
  await pass(1_000);
  expect(last()).toMatchObject({ status: 'ended', reason: 'SIGNED_OUT' });
  expect(connection.over.aborted).toBe(true);
});

test('a source that fails is asked again', async () => {
  let times = 0;
  const { connection, last } = stage(() => {
    times += 1;
    if (times < 4) throw new Error('the issuer is away');
    return 'token-1';
  });
  await pass(30_000);
  expect([times, last().status]).toEqual([4, 'live']);
  connection.close();
});

test.each([4400, 4406, 4409, 4429, 1009])('what %i says is ended for good', async (code) => {
  const { server, last } = stage(() => 'token-1');
  await pass(100);
  server.cut(code);
  await pass(60_000);
  expect(last()).toMatchObject({ status: 'ended', reason: 'PROTOCOL' });
  expect(server.opened).toBe(1);
});

test('a server that is away is looked for, less and less often, and the page is told since when', async () => {
  const { server, connection, last } = stage(() => 'token-1');
  await pass(10_000);
  server.isUp = false;
  server.cut(1012);
  const since = Date.now();
  await pass(3_600_000);
  const { status, ...cut } = last() as Extract<ConnectionState, { status: 'cutOff' }>;
  expect([status, cut.since, cut.why]).toEqual(['cutOff', since, 'restart']);
  expect(cut.attempts).toBeGreaterThan(700);
  expect(cut.attempts).toBeLessThan(1_500);
  server.isUp = true;
  await pass(5_100);
  expect(last().status).toBe('live');
  connection.close();
});

test('without a network nothing is tried, and it is back at once with it', async () => {
  const told = new Map<string, () => void>();
  const network = { onLine: true };
  vi.stubGlobal('navigator', network);
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => told.set(name, listener));
  const { server, connection, last } = stage(() => 'token-1');
  await pass(10_000);
  network.onLine = false;
  told.get('offline')?.();
  await pass(20_000);
  expect(last()).toMatchObject({ status: 'cutOff', why: 'offline' });
  expect(server.opened).toBe(1);
  network.onLine = true;
  told.get('online')?.();
  await pass(50);
  expect(last().status).toBe('live');
  connection.close();
});

test('a network that went without a word is found out', async () => {
  const { server, connection, last } = stage(() => 'token-1');
  await pass(100);
  for (const socket of server.sockets) socket.send = () => {};
  await pass(16_000);
  expect([server.opened, last().status]).toEqual([2, 'live']);
  connection.close();
});
