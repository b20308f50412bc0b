import { expect, test } from 'vitest';
import { begunOnly, dayIn, daysAfter, figureNames, INTERVALS, rangeOf, readToday, variablesOf, wholeDay, writeToday, zoneOf } from './todayView';

test('every view of the day survives its address', () => {
  for (const figure of figureNames) {
    for (const interval of INTERVALS) {
      for (const queueId of [null, 'queue_1']) {
        for (const [day, wall] of [[null, false], [null, true], ['2026-12-03', false]] as const) {
          const view = { day, figure, interval, queueId, wall };
          expect(readToday(writeToday(view))).toEqual(view);
        }
      }
    }
  }
  expect(writeToday(wholeDay).toString()).toBe('');
});

test('what does not fit an address is left out', () => {
  expect(readToday(new URLSearchParams('day=yesterday&queue=1&figure=best&interval=WEEK&wall=yes'))).toEqual(wholeDay);
  expect(readToday(new URLSearchParams('day=2026-12-03&wall=1')).day).toBe(null);
});

test('only a queue that was chosen narrows the question', () => {
  expect(variablesOf(wholeDay, 'Asia/Tokyo')).toEqual({ timeZone: 'Asia/Tokyo', interval: 'HOUR', figure: 'SERVICE_LEVEL', filter: null });
  expect(variablesOf({ ...wholeDay, queueId: 'queue_1' }, 'UTC').filter).toEqual({ queueIds: ['queue_1'] });
});

test('the zone is that of here where a queue has its opening hours here or none has any, or else that of most', () => {
  const at = (timeZone: string) => ({ hours: { timeZone } });
  expect(zoneOf([], 'Asia/Tokyo')).toBe('Asia/Tokyo');
  expect(zoneOf([{ hours: null }, {}], 'Asia/Tokyo')).toBe('Asia/Tokyo');
  expect(zoneOf([at('Europe/London'), at('Europe/Amsterdam'), at('Europe/Amsterdam'), {}], 'Asia/Tokyo')).toBe('Europe/Amsterdam');
  expect(zoneOf([at('Europe/London'), at('Europe/Amsterdam'), at('Europe/Amsterdam'), {}], 'Europe/London')).toBe('Europe/London');
});

test('a day begins at midnight of its zone', () => {
  const instant = Date.parse('2026-12-03T23:30:00Z');
  expect(dayIn('UTC', instant)).toBe('2026-12-03');
  expect(dayIn('Europe/Amsterdam', instant)).toBe('2026-12-04');
});

test('a day that is over goes from midnight to midnight of its zone, however long it was', () => {
  expect(rangeOf('2026-12-03', 'UTC')).toEqual({ from: '2026-12-03T00:00:00.000Z', to: '2026-12-04T00:00:00.000Z' });
  // 25 hours, 23 hours, half an hour apart from UTC, and the furthest of all.
  expect(rangeOf('2026-10-25', 'Europe/Amsterdam')).toEqual({ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
  expect(rangeOf('2026-03-29', 'Europe/Amsterdam')).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' });
  expect(rangeOf('2026-12-03', 'Asia/Kolkata').from).toBe('2026-12-02T18:30:00.000Z');
  expect(rangeOf('2026-12-03', 'Pacific/Kiritimati').from).toBe('2026-12-02T10:00:00.000Z');
  expect(rangeOf('2026-12-03', 'Pacific/Pago_Pago').from).toBe('2026-12-03T11:00:00.000Z');
  // The clock leaves midnight out.
  expect(rangeOf('2026-09-06', 'America/Santiago').from).toBe('2026-09-06T04:00:00.000Z');
});

test('days follow each other over months and years', () => {
  expect([daysAfter('2026-12-31', 1), daysAfter('2026-03-01', -1)]).toEqual(['2027-01-01', '2026-02-28']);
});

test('parts that are to come have no value', () => {
  const starts = ['2026-12-03T10:00:00Z', '2026-12-03T11:00:00Z', '2026-12-03T12:00:00Z'];
  expect(begunOnly([3, null, 3], starts, Date.parse('2026-12-03T11:20:00Z'))).toEqual([3, null, null]);
});
