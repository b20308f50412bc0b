import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fault, faultOf } from '../src/fault.js';
import { keepGoing, type Trouble } from '../src/keepGoing.js';
import { readThenFollow } from '../src/readThenFollow.js';

const failure = (code: string) => faultOf([{ message: code, extensions: { code } }]);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers when it is told to, and what is kept going before it. */
function stage() {
  const answers: ((answer: string | Fault) => void)[] = [];
  const followed: string[] = [];
  const told: (Trouble | null)[] = [];
  let happened = () => {};
  let broke = (_: Fault) => {};
  let following = 0;
  const begin = readThenFollow({
    read: () => new Promise((resolve) => answers.push(resolve)),
    follow: (after, on) => {
      followed.push(after);
      ({ happened, broke } = on);
      following += 1;
      return () => void (following -= 1);
    },
  });
  const stop = keepGoing(begin, (trouble) => told.push(trouble));
  return {
    answer: async (answer: string | Fault) => {
      answers.at(-1)?.(answer);
      await vi.advanceTimersByTimeAsync(0);
    },
    followed,
    following: () => following,
    told,
    reads: () => answers.length,
    happened: () => happened(),
    breaks: (code: string) => broke(failure(code)),
    stop,
  };
}

test('following begins where the first read was, and only once', async () => {
  const server = stage();
  await server.answer('one');
  server.happened();
  await server.answer('two');
  expect(server.followed).toEqual(['one']);
});

test('any number of events during a read ask for one more', async () => {
  const server = stage();
  await server.answer('one');
  server.happened();
  server.happened();
  server.happened();
  expect(server.reads()).toBe(2);
  await server.answer('two');
  expect(server.reads()).toBe(3);
  await server.answer('three');
  expect(server.reads()).toBe(3);
});

test('after the end nothing is read and nothing followed', async () => {
  const server = stage();
  server.stop();
  await server.answer('one');
  expect(server.followed).toEqual([]);
  const other = stage();
  await other.answer('one');
  other.stop();
  other.happened();
  expect(other.following()).toBe(0);
  expect(other.reads()).toBe(1);
});

test.each(['CURSOR_EXPIRED', 'INTERNAL', 'RATE_LIMITED'])(
  'what %s ends is followed again from a fresh read',
  async (code) => {
    const server = stage();
    await server.answer('one');
    server.breaks(code);
    expect(server.following()).toBe(0);
    await vi.advanceTimersByTimeAsync(600);
    await server.answer('nine');
    expect(server.followed).toEqual(['one', 'nine']);
    expect(server.following()).toBe(1);
  },
);

test('a read that failed is told, tried again, and followed from when it did not', async () => {
  const server = stage();
  await server.answer(failure('INTERNAL'));
  expect(server.told).toMatchObject([{ lasting: false }]);
  await vi.advanceTimersByTimeAsync(600);
  await server.answer(failure('INTERNAL'));
  await vi.advanceTimersByTimeAsync(1_100);
  await server.answer('three');
  expect(server.followed).toEqual(['three']);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(server.told.at(-1)).toBeNull();
});

test('a later read that failed begins everything again', async () => {
  const server = stage();
  await server.answer('one');
  server.happened();
  await server.answer(failure('INTERNAL'));
  expect(server.following()).toBe(0);
  await vi.advanceTimersByTimeAsync(600);
  await server.answer('five');
  expect(server.followed).toEqual(['one', 'five']);
});
