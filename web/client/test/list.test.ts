import { expect, test } from 'vitest';
import { applyUpdate, type List, type Step, type Update } from '../src/list.js';

interface Row {
  id: string;
  state: string;
}

const row = (id: string, state = 'OPEN'): Row => ({ id, state });
const snapshot = (ids: string, totalCount = ids.length): Update<Row> => ({
  cursor: 'c',
  totalCount,
  conversations: [...ids].map((id) => row(id)),
});
const changes = (totalCount: number, ...steps: Step<Row>[]): Update<Row> => ({
  cursor: 'c',
  totalCount,
  changes: steps,
});
const put = (_: 'Entered' | 'Moved' | 'Updated', index: number, conversation: Row): Step<Row> => ({
  index,
  conversation,
});
const left = (conversationId: string): Step<Row> => ({ conversationId });

function after(...updates: Update<Row>[]): List<Row> | null {
  return updates.reduce<List<Row> | null>(applyUpdate, null);
}
const ids = (list: List<Row> | null) => list?.rows.map((row) => row.id).join('');

test('nothing is known before the snapshot', () => {
  expect(after(changes(1, put('Updated', 0, row('a'))))).toBeNull();
});

test('a snapshot replaces everything, also in the middle', () => {
  expect(after(snapshot('abc'), snapshot('z', 40))).toEqual({ rows: [row('z')], totalCount: 40, cursor: 'c' });
});

test('what enters stands where the server says', () => {
  expect(ids(after(snapshot('abc'), changes(4, put('Entered', 0, row('n')))))).toBe('nabc');
  expect(ids(after(snapshot('abc'), changes(4, put('Entered', 2, row('n')))))).toBe('abnc');
  expect(ids(after(snapshot('abc'), changes(4, put('Entered', 3, row('n')))))).toBe('abcn');
});

test('what enters twice is there once', () => {
  const entered = changes(4, put('Entered', 1, row('n')));
  expect(after(snapshot('abc'), entered, entered)).toMatchObject({ totalCount: 4 });
  expect(ids(after(snapshot('abc'), entered, entered))).toBe('anbc');
});

test('an update changes one row and leaves every other as it was', () => {
  const before = after(snapshot('abc'));
  const list = applyUpdate(before, changes(3, put('Updated', 1, row('b', 'ACTIVE'))));
  expect(list?.rows).toEqual([row('a'), row('b', 'ACTIVE'), row('c')]);
  expect(list?.rows[0]).toBe(before?.rows[0]);
});

test('what moves comes to the index that it has once it is inserted again', () => {
  expect(ids(after(snapshot('abc'), changes(3, put('Moved', 2, row('a')))))).toBe('bca');
  expect(ids(after(snapshot('abc'), changes(3, put('Moved', 1, row('a')))))).toBe('bac');
  expect(ids(after(snapshot('abc'), changes(3, put('Moved', 0, row('c')))))).toBe('cab');
});

test('steps of one event are taken in their order: out comes before in', () => {
  const list = after(snapshot('abc', 9), changes(9, left('a'), put('Entered', 2, row('d'))));
  expect(ids(list)).toBe('bcd');
});

test('only the count may change', () => {
  expect(after(snapshot('ab', 5), changes(6))).toEqual({ rows: [row('a'), row('b')], totalCount: 6, cursor: 'c' });
});

test('leaving twice is leaving once', () => {
  const gone = changes(2, left('b'));
  expect(after(snapshot('abc'), gone, gone)).toEqual({ rows: [row('a'), row('c')], totalCount: 2, cursor: 'c' });
});

test('the list before is never changed', () => {
  const before = after(snapshot('abc'));
  applyUpdate(before, changes(3, left('a'), put('Moved', 0, row('c')), put('Updated', 1, row('b', 'ACTIVE'))));
  expect(before).toEqual({ rows: [row('a'), row('b'), row('c')], totalCount: 3, cursor: 'c' });
});
