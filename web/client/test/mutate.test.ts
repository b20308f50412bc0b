// A command is carried out once, and its caller learns what became of it.
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import { connect } from '../src/connect.js';
import type { Document } from '../src/document.js';
import { mutate, type Outcome } from '../src/mutate.js';
import { query } from '../src/query.js';
import { SimulatedServer } from './simulated.js';

type Refusal = { __typename: 'AlreadyAssigned'; code: 'ALREADY_ASSIGNED'; agent: string } | { __typename: 'Refused'; code: string };
interface Data {
  __typename?: 'Mutation';
  close: { state: string | null; errors: Refusal[] };
}
const Close = 'mutation($input: CloseInput!) { close(input: $input) { state errors { code } } }' as Document<Data, { input: { id: string; idempotencyKey?: string | null } }>;

/** Answers to requests, one after another; null is none. */
type Reply = object | null | { status: number };
const done = { data: { close: { state: 'CLOSED', errors: [] } } };
const fault = (code: string, more: object = {}) => ({ errors: [{ message: code, extensions: { code, ...more } }] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function stage(...replies: Reply[]) {
  const keys: string[] = [];
  const tokens: string[] = [];
  let number = 0;
  const connection = connect({
    url: 'ws://regie.example/graphql',
    token: () => `token-${(number += 1)}`,
    webSocketImpl: new SimulatedServer().Socket,
    fetch: (async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
      expect(url).toBe('http://regie.example/graphql');
      keys.push(JSON.parse(body).variables.input?.idempotencyKey);
      tokens.push(headers.authorization as string);
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply === null) throw new TypeError('fetch failed');
      return new Response(JSON.stringify(reply));
    }) as typeof fetch,
  });
  return { connection, keys, tokens };
}

async function outcome<T>(promise: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(300_000);
  return promise;
}

test('without an answer it is sent again with the same key until there is one', async () => {
  const { connection, keys } = stage(null, null, fault('INTERNAL'), fault('RATE_LIMITED', { retryAfter: 2 }), done);
  const result = await outcome(mutate(connection, Close, { id: 'conv_1' }));
  expect(result).toEqual({ kind: 'done', payload: done.data.close });
  expect(keys).toHaveLength(5);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  connection.close();
});

test('each intention has a key of its own', async () => {
  const { connection, keys } = stage(done);
  await outcome(mutate(connection, Close, { id: 'conv_1' }));
  await outcome(mutate(connection, Close, { id: 'conv_1' }));
  expect(new Set(keys).size).toBe(2);
  connection.close();
});

test('a refusal is a value with its type', async () => {
  const refusal: Refusal = { __typename: 'AlreadyAssigned', code: 'ALREADY_ASSIGNED', agent: 'Sanne' };
  const { connection, keys } = stage({ data: { close: { state: null, errors: [refusal] } } });
  const result = await outcome(mutate(connection, Close, { id: 'conv_1' }));
  expectTypeOf(result).toEqualTypeOf<Outcome<Data>>();
  if (result.kind !== 'refused') throw new Error(result.kind);
  expectTypeOf(result.refusal).toEqualTypeOf<Refusal>();
  expect(result.refusal).toEqual(refusal);
  expect(keys).toHaveLength(1);
  connection.close();
});

test.each([fault('UNAUTHENTICATED'), fault('INVALID_INPUT'), fault('LIMIT_EXCEEDED', { limit: 'depth' })])('what no repeating mends is said at once: %o', async (reply) => {
  const { connection, keys } = stage(reply);
  const result = await outcome(mutate(connection, Close, { id: 'conv_1' }));
  expect(result).toMatchObject({ kind: 'failed', fault: { code: reply.errors[0]?.extensions.code } });
  expect(keys).toHaveLength(1);
  connection.close();
});

test('an outcome that is not known in time is learned with the same key', async () => {
  const { connection, keys } = stage(null);
  const result = await outcome(mutate(connection, Close, { id: 'conv_1' }, { patienceMs: 5_000 }));
  if (result.kind !== 'unknown') throw new Error(result.kind);
  const sent = keys.length;
  expect(sent).toBeGreaterThan(3);
  await outcome(result.again());
  expect(keys.length).toBeGreaterThan(sent);
  expect(new Set(keys).size).toBe(1);
  connection.close();
});

test('who has closed the connection waits for nothing', async () => {
  const { connection } = stage(null);
  const result = mutate(connection, Close, { id: 'conv_1' });
  await vi.advanceTimersByTimeAsync(10);
  connection.close();
  await vi.advanceTimersByTimeAsync(10);
  expect((await result).kind).toBe('unknown');
});

test('a query goes on by the next token, and says what cannot be mended', async () => {
  const { connection, tokens } = stage(fault('UNAUTHENTICATED'), null, { data: { viewer: 1 } });
  expect(await outcome(query(connection, '{ viewer }', {}))).toEqual({ data: { viewer: 1 }, fault: null });
  expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
  connection.close();
  const other = stage(fault('ROLE_REQUIRED'));
  expect(await outcome(query(other.connection, '{ viewer }', {}))).toMatchObject({ data: null, fault: { code: 'ROLE_REQUIRED' } });
  expect(other.tokens).toHaveLength(1);
  other.connection.close();
});
