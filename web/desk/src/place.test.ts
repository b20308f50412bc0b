import { expect, test } from 'vitest';
import { everything, filterOf, orderNames, readView, writeView } from './live/view';
import { everythingPast, readPast, writePast } from './live/pastView';
import { closing, keeping, nowhere, opening, readPlace, writePlace } from './place';

const asked = {
  ...everything,
  text: 'ada & co?',
  queues: ['queue_1'],
  states: ['ACTIVE', 'OPEN'] as const,
  tags: ['late, very', 'VIP'],
  needsAttention: false,
  unassigned: true,
  mine: true,
  order: 'sentiment' as const,
};

test('a place is its address, whatever was asked for', () => {
  const place = { ...nowhere, ongoing: asked, kept: ['conv_1', 'conv_2'], open: 'conv_3' };
  expect(readPlace(writePlace(place))).toEqual(place);
  const past = { ...everythingPast, text: 'lamp', rating: 'bad' as const, customer: { id: 'cust_1', name: 'Ada' } };
  const there = { ...nowhere, view: 'past' as const, past };
  expect(readPlace(writePlace(there))).toEqual(there);
  expect(readPast(writePast(past))).toEqual(past);
  const wall = { ...nowhere, view: 'today' as const, today: { day: null, queueId: 'queue_1', figure: 'handle' as const, interval: 'QUARTER_HOUR' as const, wall: true } };
  expect(readPlace(writePlace(wall))).toEqual(wall);
  const team = { ...nowhere, view: 'team' as const, team: { text: 'ada', queueId: null, presence: 'AWAY' as const, help: true, order: 'load' as const } };
  expect(readPlace(writePlace(team))).toEqual(team);
  const done = { ...nowhere, view: 'audit' as const, audit: { action: 'COACH_AGENT' as const, refused: true, from: '2026-12-01', to: null } };
  expect(readPlace(writePlace(done))).toEqual(done);
});

test('nothing asked for is nothing written', () => {
  expect(writePlace(nowhere)).toBe('#/conversations');
  expect(readPlace('')).toEqual(nowhere);
});

test('what does not fit an address is left out, not sent', () => {
  const view = readView(new URLSearchParams('state=CLOSED&state=ACTIVE&state=BEST&queue=1&agent=agent_1&order=best&attention=maybe&tag=%20'));
  expect(view).toEqual({ ...everything, states: ['ACTIVE'], agents: ['agent_1'] });
  expect(readPlace('#/nowhere?open=<b>&kept=conv_1&kept=conv_1')).toEqual({ ...nowhere, kept: ['conv_1'] });
});

test('every order survives its address', () => {
  for (const order of orderNames) expect(readView(writeView({ ...everything, order })).order).toBe(order);
});

test('the filter asks for what is asked for, and for nothing else', () => {
  expect(filterOf(everything, 'ingrid')).toEqual({});
  expect(filterOf(asked, 'ingrid')).toEqual({
    text: 'ada & co?',
    queueIds: ['queue_1'],
    states: ['ACTIVE', 'OPEN'],
    tags: ['late, very', 'VIP'],
    needsAttention: false,
    unassigned: true,
    monitoredBy: ['ingrid'],
  });
});

test('what is kept stays when another is opened, and what is not gives way', () => {
  let place = { ...nowhere, ...opening(nowhere, 'a') };
  place = { ...place, ...opening(place, 'b') };
  expect([place.kept, place.open]).toEqual([[], 'b']);
  place = { ...place, ...keeping(place, 'b') };
  place = { ...place, ...opening(place, 'c') };
  expect([place.kept, place.open]).toEqual([['b'], 'c']);
  expect(opening(place, 'b')).toEqual({});
  place = { ...place, ...closing(place, 'c') };
  expect([place.kept, place.open]).toEqual([[], 'b']);
  expect({ ...place, ...closing(place, 'b') }.open).toBeNull();
});
