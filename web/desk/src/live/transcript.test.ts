import { expect, test } from 'vitest';
import { applyToTranscript, type Transcript, type TranscriptChange } from './transcript';

interface M {
  id: string;
  number: number | null;
}
const m = (number: number): M => ({ id: `m${number}`, number });
const read: TranscriptChange<M> = { kind: 'read', messages: [m(3), m(4)], before: 'three' };

const after = (...changes: TranscriptChange<M>[]) =>
  changes.reduce<Transcript<M> | null>(applyToTranscript, null);
const numbers = (transcript: Transcript<M> | null) => transcript?.messages.map((message) => message.number);

test('what is posted follows what was read', () => {
  expect(numbers(after(read, { kind: 'posted', message: m(5) }))).toEqual([3, 4, 5]);
});

test('a message that was read and then comes live is there once', () => {
  expect(numbers(after(read, { kind: 'posted', message: m(4) }))).toEqual([3, 4]);
});

test('earlier messages come before, and say where those before them are', () => {
  const transcript = after(read, { kind: 'earlier', messages: [m(1), m(2)], before: null });
  expect(numbers(transcript)).toEqual([1, 2, 3, 4]);
  expect(transcript?.before).toBeNull();
});

test('what has no number stays behind the message that it came after', () => {
  const ids = (transcript: Transcript<M> | null) => transcript?.messages.map((message) => message.id);
  const c = (id: string): M => ({ id, number: null });
  const transcript = after(
    read,
    { kind: 'posted', message: c('one') },
    { kind: 'posted', message: m(6) },
    { kind: 'posted', message: m(5) },
    { kind: 'posted', message: c('two') },
    { kind: 'posted', message: c('one') },
    { kind: 'earlier', messages: [c('first'), m(1), c('other'), m(2)], before: null },
  );
  expect(ids(transcript)).toEqual(['first', 'm1', 'other', 'm2', 'm3', 'm4', 'one', 'm5', 'm6', 'two']);
});

test('the end keeps what was read, and reading again lifts it', () => {
  const ended = after(read, { kind: 'ended' });
  expect(ended).toMatchObject({ ended: true, messages: [m(3), m(4)] });
  expect(applyToTranscript(ended, read)?.ended).toBe(false);
});
