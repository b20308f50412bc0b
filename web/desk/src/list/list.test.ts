import { expect, test } from 'vitest';
import { rowHeightOf } from './rowHeight';
import { jumpTo, moveOf, STRETCH, TOP } from './stretch';
import { around, inSight } from './visible';

test('the rows in sight are those between top and bottom, partly seen ones too', () => {
  expect(inSight({ scrollTop: 50, height: 100, rowHeight: 44 }, 10)).toEqual({ from: 1, to: 4 });
  expect(inSight({ scrollTop: 0, height: 1_000, rowHeight: 44 }, 3)).toEqual({ from: 0, to: 3 });
  expect(inSight({ scrollTop: 900, height: 100, rowHeight: 44 }, 0)).toEqual({ from: 0, to: 0 });
});

test('the rows around them end where the list ends', () => {
  expect(around({ from: 2, to: 8 }, 10)).toEqual({ from: 0, to: 10 });
  expect(around({ from: 100, to: 120 }, 5_000)).toEqual({ from: 92, to: 128 });
});

test('a narrower list has higher rows', () => {
  expect([1_200, 700, 360].map(rowHeightOf)).toEqual([44, 68, 96]);
});

const cursors = (from: number, many = STRETCH) => Array.from({ length: many }, (_, at) => `row ${from + at}`);
const from = (index: number) => ({ anchor: { index, cursor: `row ${index - 1}` }, cursors: cursors(index) });

test('a stretch stays while what is in sight is well within it', () => {
  expect(moveOf(from(200), { from: 240, to: 260 }, 5_000)).toEqual({ kind: 'stay' });
});

test('it goes on behind a row of its own before its end comes into sight', () => {
  expect(moveOf(from(200), { from: 265, to: 285 }, 5_000)).toEqual({ kind: 'to', anchor: { index: 225, cursor: 'row 224' } });
});

test('it goes up before its beginning comes into sight', () => {
  expect(moveOf(from(200), { from: 210, to: 230 }, 5_000)).toEqual({ kind: 'up', rows: 80 });
});

test('it stays at the end of the list', () => {
  expect(moveOf(from(4_900), { from: 4_980, to: 5_000 }, 5_000)).toEqual({ kind: 'stay' });
});

test('near the top it begins at the top', () => {
  expect(moveOf(from(60), { from: 10, to: 30 }, 5_000)).toEqual({ kind: 'to', anchor: TOP });
});

test('what is far away is jumped to, and so is what is looked for first', () => {
  expect(moveOf(from(200), { from: 3_000, to: 3_020 }, 5_000)).toEqual({ kind: 'jump', index: 2_960 });
  expect(moveOf(from(3_000), { from: 300, to: 320 }, 5_000)).toEqual({ kind: 'jump', index: 260 });
  expect(jumpTo({ from: 95, to: 115 })).toEqual({ kind: 'jump', index: 55 });
});

test('whatever is in sight, the move leads to rows that hold it', () => {
  for (let first = 100; first < 4_900; first += 37) {
    for (let seen = Math.max(0, first - 90); seen < Math.min(4_980, first + 190); seen += 3) {
      const range = { from: seen, to: seen + 20 };
      const move = moveOf(from(first), range, 5_000);
      const begin =
        move.kind === 'stay' ? first : move.kind === 'to' ? move.anchor.index : move.kind === 'up' ? first - move.rows : move.index;
      const holds = begin <= range.from && range.to <= begin + STRETCH;
      // A step up may have to be followed by another.
      expect([first, seen, move.kind, holds || move.kind === 'up']).toEqual([first, seen, move.kind, true]);
    }
  }
});
