import { expect, test } from 'vitest';
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
