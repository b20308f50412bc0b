import { expect, test } from 'vitest';
import { type Alert, everything, FRESH_MS, HOUR_MS, isTold, isWanted, MOST, none, withAlert } from './alert';

const now = 1_000_000;
const alert: Alert = {
  id: 'a HELP_REQUESTED',
  reason: 'HELP_REQUESTED',
  at: now,
  conversationId: 'conv_1',
  customer: 'Ada',
  subject: null,
  agent: { id: 'agent_1', name: 'Anna' },
};
const told = (wishes: Partial<typeof everything>, at = now, open: string[] = []) => isTold(alert, { ...everything, ...wishes }, at, open);

test('without any wish every alert comes', () => {
  expect(told({})).toBe(true);
});

test('a kind that is not wanted is neither told nor listed', () => {
  expect(told({ without: ['HELP_REQUESTED'] })).toBe(false);
  expect(isWanted(alert, { ...everything, without: ['HELP_REQUESTED'] }, now)).toBe(false);
  expect(told({ without: ['HANDLED_TOO_LONG'] })).toBe(true);
});

test('an agent is quiet until the hour is over', () => {
  const agents = { agent_1: { name: 'Anna', until: now + HOUR_MS } };
  expect(told({ agents })).toBe(false);
  expect(isWanted(alert, { ...everything, agents }, now)).toBe(false);
  expect(isWanted(alert, { ...everything, agents }, now + HOUR_MS)).toBe(true);
});

test('a quiet hour lists and tells nothing', () => {
  expect(told({ quietUntil: now + 1 })).toBe(false);
  expect(isWanted(alert, { ...everything, quietUntil: now + 1 }, now)).toBe(true);
  expect(told({ quietUntil: now })).toBe(true);
});

test('what is old or open already disturbs nobody', () => {
  expect(told({}, now + FRESH_MS)).toBe(false);
  expect(told({}, now, ['conv_1'])).toBe(false);
});

test('what comes twice is counted once, and there is a most', () => {
  const one = withAlert(none, alert);
  expect(one).toEqual({ all: [alert], unseen: 1 });
  expect(withAlert(one, alert)).toBe(one);
  let many = none;
  for (let number = 0; number < MOST + 5; number += 1) many = withAlert(many, { ...alert, id: String(number), conversationId: `conv_${number}` });
  expect([many.all.length, many.unseen, many.all[0]?.id]).toEqual([MOST, MOST, String(MOST + 4)]);
});

test('what asks again for the same reason is one alert, the newest, with how often', () => {
  const other: Alert = { ...alert, id: 'b', conversationId: 'conv_2' };
  const again: Alert = { ...alert, id: 'c HELP_REQUESTED', at: now + 5 };
  const alerts = [alert, other, again].reduce(withAlert, none);
  expect(alerts.all).toEqual([{ ...again, times: 2 }, other]);
  expect(withAlert(alerts, { ...again, id: 'd HELP_REQUESTED' }).all[0]?.times).toBe(3);
  expect(withAlert(alerts, { ...again, id: 'e', reason: 'HANDLED_TOO_LONG' }).all).toHaveLength(3);
  expect(withAlert({ ...alerts, unseen: 0 }, { ...again, id: 'f' }).unseen).toBe(1);
});
