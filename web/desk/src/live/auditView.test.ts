import { expect, test } from 'vitest';
import { auditFilterOf, everythingDone, ownActions, readAudit, writeAudit } from './auditView';

test('what is asked of the trail survives its address', () => {
  for (const action of [null, ...ownActions]) {
    const view = { action, refused: action !== null, from: '2026-12-01', to: action && '2026-12-03' };
    expect(readAudit(writeAudit(view))).toEqual(view);
  }
  expect(writeAudit(everythingDone).toString()).toBe('');
});

test('what does not fit an address is left out', () => {
  expect(readAudit(new URLSearchParams('action=ERASE_CUSTOMER&refused=1&from=yesterday&to=2026-13'))).toEqual(everythingDone);
});

test('only what they did themselves is asked for, from the begin of one day to the end of another', () => {
  expect(auditFilterOf(everythingDone, 'ingrid')).toEqual({ subject: 'ingrid' });
  expect(auditFilterOf({ action: 'COACH_AGENT', refused: true, from: '2026-12-01', to: '2026-12-01' }, 'ingrid')).toEqual({
    subject: 'ingrid',
    actions: ['COACH_AGENT'],
    refusedOnly: true,
    from: new Date(2026, 11, 1).toISOString(),
    to: new Date(2026, 11, 2).toISOString(),
  });
});
