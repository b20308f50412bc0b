import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Handover } from './handover';
import { SessionStore } from './session';

const token = (number: number) => `e30.${btoa(JSON.stringify({ sub: 'ingrid', exp: 4e9, number })).replaceAll('=', '')}.x`;
const [first, second, third] = [token(1), token(2), token(3)];

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A connection that was begun by the first token, and acknowledged. */
function connected() {
  const session = new SessionStore();
  session.signIn(first);
  const handover = new Handover(session);
  session.subscribe(() => handover.offer());
  const sent: string[] = [];
  const socket = { readyState: 1, send: (text: string) => void sent.push(JSON.parse(text).payload.token) };
  expect(handover.begin()).toEqual({ token: first });
  return { session, handover, sent, socket, spent: () => session.get()?.spent };
}

test('the next token is offered once, and the connection has it when it is accepted', () => {
  const it = connected();
  it.handover.acknowledged(it.socket);
  it.session.signIn(second);
  it.handover.offer();
  expect(it.sent).toEqual([second]);
  it.handover.answered({ accepted: true });
  it.handover.offer();
  expect(it.sent).toEqual([second]);
  it.handover.ended(4403);
  expect(it.spent()).toBe(true);
});

test('a token that came before the connection was acknowledged is offered right after', () => {
  const it = connected();
  it.session.signIn(second);
  expect(it.sent).toEqual([]);
  it.handover.acknowledged(it.socket);
  expect(it.sent).toEqual([second]);
});

test('a connection that ends with its old token says nothing of the one that it was offered', () => {
  const it = connected();
  it.handover.acknowledged(it.socket);
  it.session.signIn(second);
  it.handover.ended(4403);
  expect(it.spent()).toBe(false);
});

test('an offer that the server had no time for is made again, and refuses nobody', () => {
  const it = connected();
  it.handover.acknowledged(it.socket);
  it.session.signIn(second);
  it.handover.answered({ accepted: false, code: 'RATE_LIMITED' });
  expect(it.spent()).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(it.sent).toEqual([second, second]);
});

test('a token that the server refuses is refused, and no other', () => {
  const it = connected();
  it.handover.acknowledged(it.socket);
  it.session.signIn(second);
  it.session.signIn(third);
  it.handover.answered({ accepted: false, code: 'UNAUTHENTICATED' });
  expect(it.spent()).toBe(false);
  it.handover.answered(undefined);
  it.handover.answered({ accepted: false, code: 'UNAUTHENTICATED' });
  expect(it.spent()).toBe(true);
});

test.each([4401, 4403])('a connection that is closed with %i asks for another sign-in', (code) => {
  const it = connected();
  it.handover.ended(code);
  expect(it.spent()).toBe(true);
});

test('a connection that is cut refuses nobody', () => {
  const it = connected();
  it.handover.acknowledged(it.socket);
  for (const code of [1006, 1012, 4410, undefined]) it.handover.ended(code);
  expect(it.spent()).toBe(false);
});
