// The words for what somebody did, in English.

import type { AuditOverride } from '../gql/graphql';

export const audit = {
  heading: 'What I did',
  search: 'Search what I did',
  found: (total: number) => (total === 1 ? '1 entry' : `${total} entries`),
  afresh: 'Read again',
  none: 'Nothing yet.',
  noneSuch: 'Nothing matches the filters.',
  kind: 'Kind',
  from: 'Done from',
  to: 'Done until',
  refusedOnly: 'Only what was refused',
  refusedFor: (why: string) => `Refused: ${why}`,
  because: (reason: string) => `“${reason}”`,
  unseen: 'A conversation that you may not see any more',
  lasts: 'Still running',
  lasted: (time: string) => `For ${time}`,
  overrides: {
    CAPACITY: 'whatever the capacity',
    DECLINES: 'whatever was declined',
    PRESENCE: 'whatever the presence',
  } satisfies Record<AuditOverride, string>,
};
