import { expect, test, vi } from 'vitest';
import { keepReading } from './keepReading';

/** A server that answers when it is told to. */
function stage() {
  const answers: ((asOf?: string) => void)[] = [];
  const followed: string[] = [];
  let happened = () => {};
  let cutOff = () => {};
  let ended = false;
  const stop = keepReading({
    read: () => new Promise((resolve) => answers.push(resolve)),
    follow: (after, happen, cut) => {
      followed.push(after);
      happened = happen;
      cutOff = cut;
      return () => (ended = true);
    },
  });
  const settle = () => new Promise((done) => setTimeout(done));
  const answer = async (asOf?: string) => {
    answers.at(-1)?.(asOf);
    await settle();
  };
  return { answer, followed, reads: () => answers.length, happened: () => happened(), cut: () => cutOff(), ended: () => ended, stop };
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
  expect(other.ended()).toBe(true);
  expect(other.reads()).toBe(1);
});

test('what is cut off is followed again from a fresh read', async () => {
  const server = stage();
  await server.answer('one');
  server.cut();
  await server.answer('nine');
  expect(server.followed).toEqual(['one', 'nine']);
});

test('a read that failed is tried again, and followed from when it did not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const reads: (string | undefined)[] = [undefined, undefined, 'three'];
    const followed: string[] = [];
    keepReading({
      read: () => Promise.resolve(reads.shift()),
      follow: (after) => {
        followed.push(after);
        return () => {};
      },
    });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(reads).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(followed).toEqual(['three']);
    expect(reads).toHaveLength(0);
  } finally {
    vi.useRealTimers();
  }
});
