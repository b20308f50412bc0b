// The words for the team, in Dutch.

import type { team as english } from './team.en';

export const team: typeof english = {
  heading: 'Team',
  search: 'Zoeken in het team',
  count: (total) => (total === 1 ? '1 medewerker' : `${total} medewerkers`),
  none: 'Geen medewerkers.',
  noneSuch: 'Geen medewerker past bij de filters.',
  most: (most, total) => `Dit zijn de eerste ${most} van ${total}. Filter om anderen te zien.`,
  presence: 'Aanwezigheid',
  orders: {
    name: 'Op naam',
    presence: 'Op aanwezigheid',
    load: 'Drukste eerst',
    longest: 'Langste behandeltijd eerst',
    handled: 'Meest behandeld vandaag eerst',
  },
  helpOnly: 'Vraagt om hulp',
  help: (count) => (count === 1 ? 'Vraagt om hulp' : `Vraagt ${count} keer om hulp`),
  units: (consumed, total) => `${consumed} van ${total} eenheden`,
  today: (count, mean) => (mean === null ? 'vandaag niets behandeld' : `${count} behandeld vandaag, gemiddeld ${mean}`),
  setPresence: 'Aanwezigheid instellen',
  presenceOf: (name) => `Aanwezigheid van ${name}`,
  choosePresence: 'Kies een andere aanwezigheid.',
  notify: 'Bericht sturen',
  notifyQueue: (queue) => `Bericht aan iedereen in ${queue}`,
  notifyTo: (name) => `Bericht aan ${name}`,
  words: 'Wat je wilt zeggen',
  writeWhat: 'Schrijf wat je wilt zeggen.',
  send: 'Versturen',
  told: (count) => (count === 1 ? '1 medewerker heeft het gekregen.' : `${count} medewerkers hebben het gekregen.`),
  drain: 'Werk weghalen',
  drainOf: (name) => `Al het werk weghalen bij ${name}`,
  drainWarning:
    'De medewerker krijgt geen nieuw werk, en alles wat die heeft gaat meteen terug naar zijn wachtrij. De medewerker krijgt het te horen, klanten niet.',
  goOffline: 'En afmelden: offline in plaats van afwezig',
  drained: (requeued, refused) =>
    `${requeued === 1 ? '1 gesprek ging terug naar zijn wachtrij' : `${requeued} gesprekken gingen terug naar hun wachtrijen`}; ${refused} kon niet, en bleef.`,
};
