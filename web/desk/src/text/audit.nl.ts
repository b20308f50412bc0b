// The words for what somebody did, in Dutch.

import type { audit as english } from './audit.en';

export const audit: typeof english = {
  heading: 'Wat ik deed',
  search: 'Zoeken in wat ik deed',
  found: (total) => (total === 1 ? '1 regel' : `${total} regels`),
  afresh: 'Opnieuw lezen',
  none: 'Nog niets.',
  noneSuch: 'Er past niets bij de filters.',
  kind: 'Soort',
  from: 'Gedaan vanaf',
  to: 'Gedaan tot en met',
  refusedOnly: 'Alleen wat is geweigerd',
  refusedFor: (why) => `Geweigerd: ${why}`,
  because: (reason) => `“${reason}”`,
  unseen: 'Een gesprek dat je niet meer mag zien',
  lasts: 'Loopt nog',
  lasted: (time) => `Duurde ${time}`,
  overrides: {
    CAPACITY: 'ongeacht de capaciteit',
    DECLINES: 'ongeacht weigeringen',
    PRESENCE: 'ongeacht de aanwezigheid',
  },
};
