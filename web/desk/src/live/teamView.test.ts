import { expect, test } from 'vitest';
import { isNarrowedTeam, readTeam, teamFilterOf, teamOrders, wholeTeam, writeTeam } from './teamView';

const asked = { text: 'ada & co', queueId: 'queue_1', presence: 'AWAY' as const, help: true, order: 'load' as const };

test('every view of the team survives its address', () => {
  expect(readTeam(writeTeam(asked))).toEqual(asked);
  for (const order of teamOrders) expect(readTeam(writeTeam({ ...wholeTeam, order })).order).toBe(order);
  expect(writeTeam(wholeTeam).toString()).toBe('');
});

test('what does not fit an address is left out', () => {
  expect(readTeam(new URLSearchParams('queue=1&presence=HERE&help=1&order=best'))).toEqual(wholeTeam);
});

test('the filter asks for what is asked for, and for nothing else', () => {
  expect(teamFilterOf(wholeTeam)).toEqual({});
  expect(isNarrowedTeam({ ...wholeTeam, order: 'load' })).toBe(false);
  expect(teamFilterOf(asked)).toEqual({ text: 'ada & co', queueIds: ['queue_1'], presences: ['AWAY'], asksForHelp: true });
});
