import { expect, test } from 'vitest';
import { isBackwards } from './days';
import { everythingPast, isNarrowed, pastFilterOf } from './pastView';

test('everything is all that is closed', () => {
  expect(pastFilterOf(everythingPast)).toEqual({ states: ['CLOSED'] });
  expect(isNarrowed(everythingPast)).toBe(false);
});

test('blanks ask for nothing', () => {
  expect(pastFilterOf({ ...everythingPast, text: '  ', tag: ' ' })).toEqual({ states: ['CLOSED'] });
});

test('each condition is one of the filter', () => {
  const view = {
    ...everythingPast,
    text: ' lamp ',
    tag: 'damage',
    queueId: 'queue_1',
    agentId: 'agent_1',
    disposition: 'REFUND',
    rating: 'bad',
    sentiment: 'neutral',
    customer: { id: 'cust_1', name: 'Alice' },
  } as const;
  expect(isNarrowed(view)).toBe(true);
  expect(pastFilterOf(view)).toEqual({
    states: ['CLOSED'],
    text: 'lamp',
    tags: ['damage'],
    queueIds: ['queue_1'],
    agentId: 'agent_1',
    dispositionCodes: ['REFUND'],
    ratings: [1, 2],
    sentiments: ['NEUTRAL'],
    customerId: 'cust_1',
  });
});

test('days are those of whoever looks, the last one whole', () => {
  const { closed } = pastFilterOf({ ...everythingPast, from: '2026-12-02', to: '2026-12-02' });
  expect(closed).toEqual({ from: new Date(2026, 11, 2).toISOString(), to: new Date(2026, 11, 3).toISOString() });
  expect(pastFilterOf({ ...everythingPast, from: '2026-12-31' }).closed).toEqual({ from: new Date(2026, 11, 31).toISOString(), to: null });
  expect(pastFilterOf({ ...everythingPast, from: 'soon' })).toEqual({ states: ['CLOSED'], closed: { from: null, to: null } });
});

test('an end before the beginning is told from one day and from an open end', () => {
  expect(isBackwards({ from: '2026-12-03', to: '2026-12-02' })).toBe(true);
  for (const to of ['2026-12-03', '2027-01-01', null]) expect(isBackwards({ from: '2026-12-03', to })).toBe(false);
  expect(isBackwards({ from: null, to: '2026-12-02' })).toBe(false);
});
