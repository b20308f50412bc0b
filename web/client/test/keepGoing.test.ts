import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fault, faultOf, unreachable } from '../src/fault.js';
import { keepGoing, type Link, type Trouble } from '../src/keepGoing.js';

const failure = (code?: string, more: object = {}) =>
  code
    ? faultOf([{ message: code, extensions: { code, ...more } }])
    : unreachable('no network');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that breaks when it is told to. */
function stage() {
  const links: Link[] = [];
  const told: (Trouble | null)[] = [];
  let running = 0;
  const end = keepGoing(
    (link) => {
      links.push(link);
      running += 1;
      return () => void (running -= 1);
    },
    (trouble) => told.push(trouble),
  );
  return {
    end,
    told,
    begun: () => links.length,
    running: () => running,
    up: () => links.at(-1)!.up(),
    breaks: (error: Fault) => links.at(-1)!.broke(error),
  };
}

test.each(['INTERNAL', 'RATE_LIMITED', 'CURSOR_EXPIRED', 'UNAUTHENTICATED', undefined])(
  'what broke by %s begins again, and only once',
  async (code) => {
    const it = stage();
    it.breaks(failure(code));
    expect(it.running()).toBe(0);
    await vi.advanceTimersByTimeAsync(600);
    expect([it.begun(), it.running()]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.begun()).toBe(2);
  },
);

test.each(['PERMISSION_MISSING', 'INVALID_INPUT', 'NOT_FOUND', 'A_CODE_OF_TOMORROW'])(
  'what %s forbids is told, and not begun again',
  async (code) => {
    const it = stage();
    it.breaks(failure(code));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(it.begun()).toBe(1);
    expect(it.told).toMatchObject([{ lasting: true }]);
  },
);

test('the pause grows while it keeps breaking, up to half a minute', async () => {
  const it = stage();
  for (let times = 0; times < 12; times += 1) {
    it.up();
    it.breaks(failure('INTERNAL'));
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(it.begun()).toBe(13);
  it.breaks(failure('INTERNAL'));
  await vi.advanceTimersByTimeAsync(14_000);
  expect(it.begun()).toBe(13);
});

test('what runs steadily is forgiven: nothing stands in the way, and the next pause is short', async () => {
  const it = stage();
  for (let times = 0; times < 6; times += 1) {
    it.breaks(failure('INTERNAL'));
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(it.told.at(-1)).toMatchObject({ lasting: false });
  it.up();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(it.told.at(-1)).toBeNull();
  it.breaks(failure('INTERNAL'));
  await vi.advanceTimersByTimeAsync(600);
  expect(it.begun()).toBe(8);
});

test('as long as the server asks to wait, it waits', async () => {
  const it = stage();
  it.breaks(failure('RATE_LIMITED', { retryAfter: 7 }));
  await vi.advanceTimersByTimeAsync(6_900);
  expect(it.begun()).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(it.begun()).toBe(2);
});

test('a cursor that is too old is no trouble to anybody, unless that goes on', async () => {
  const it = stage();
  it.breaks(failure('CURSOR_EXPIRED'));
  expect(it.told).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  it.breaks(failure('CURSOR_EXPIRED'));
  expect(it.told).toHaveLength(1);
});

test('after the end nothing begins, and nothing is told', async () => {
  const it = stage();
  it.breaks(failure('INTERNAL'));
  it.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([it.begun(), it.running(), it.told.length]).toEqual([1, 0, 1]);
  const other = stage();
  other.up();
  other.end();
  other.breaks(failure('INTERNAL'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([other.begun(), other.running(), other.told]).toEqual([1, 0, []]);
});

test('what breaks while it begins is ended too', async () => {
  let ended = 0;
  const end = keepGoing(
    (link) => {
      link.broke(failure('INTERNAL'));
      return () => (ended += 1);
    },
    () => {},
  );
  expect(ended).toBe(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(ended).toBe(2);
  end();
});
