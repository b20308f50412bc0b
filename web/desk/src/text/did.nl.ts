// Wat iemand deed, gezegd als het gedaan is, in het Nederlands.

import type { did as english } from './did.en';

export const did: typeof english = {
  MONITOR_CONVERSATION: () => 'Begon mee te kijken',
  STOP_MONITORING: () => 'Stopte met meekijken',
  REVIEW_CONVERSATION: () => 'Begon met inzien',
  STOP_REVIEW: () => 'Stopte met inzien',
  COACH_AGENT: () => 'Coachte de medewerker',
  JOIN_CONVERSATION: () => 'Ging deelnemen',
  LEAVE_CONVERSATION: () => 'Verliet het gesprek',
  SEND_MESSAGE: () => 'Schreef een bericht',
  REACT_TO_MESSAGE: () => 'Reageerde op een bericht',
  ASSIGN_CONVERSATION: (whom) => (whom ? `Wees toe aan ${whom}` : 'Wees toe'),
  CANCEL_OFFER: () => 'Trok het aanbod in',
  TRANSFER_CONVERSATION: (whom) => (whom ? `Vroeg ${whom} om het over te nemen` : 'Vroeg om door te verbinden'),
  CANCEL_TRANSFER: () => 'Trok het verzoek tot doorverbinden in',
  REQUEUE_CONVERSATION: (whom) => `Zette terug in ${whom ?? 'de wachtrij'}`,
  TAKE_OVER_CONVERSATION: () => 'Nam het gesprek over',
  FORCE_CLOSE_CONVERSATION: () => 'Beëindigde het gesprek',
  BULK_ACTION: () => 'Deed iets met veel gesprekken tegelijk',
  UPDATE_CONVERSATION: () => 'Wijzigde labels of prioriteit',
  CORRECT_SENTIMENT: () => 'Verbeterde het klantgevoel',
  ACKNOWLEDGE_ATTENTION: () => 'Markeerde als gezien',
  ANSWER_HELP: () => 'Gaf hulp',
  SET_PRESENCE: (whom) => `Stelde de aanwezigheid in van ${whom ?? 'een medewerker'}`,
  DRAIN_AGENT: (whom) => `Haalde al het werk weg bij ${whom ?? 'een medewerker'}`,
  NOTIFY_AGENTS: (whom) => `Deelde iets mee aan ${whom ?? 'medewerkers'}`,
  ADD_QUEUE_MEMBER: (whom) => `Zette in een wachtrij: ${whom ?? 'een medewerker'}`,
  REMOVE_QUEUE_MEMBER: (whom) => `Haalde uit een wachtrij: ${whom ?? 'een medewerker'}`,
};
