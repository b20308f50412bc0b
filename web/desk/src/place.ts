// Where one is at the desk, as the page's address says it: what is asked of the list, and which conversations are open. It
// survives a reload and can be sent to a colleague. It stands behind the #, which no browser sends to a server: words
// that somebody looks for are in nobody's log.

import { Store } from './store';
import { type AuditView, everythingDone, readAudit, writeAudit } from './live/auditView';
import { everything, readView, type View, writeView } from './live/view';
import { everythingPast, type PastView, readPast, writePast } from './live/pastView';
import { readTeam, type TeamView, wholeTeam, writeTeam } from './live/teamView';
import { readToday, type TodayView, wholeDay, writeToday } from './live/todayView';

export const VIEWS = ['conversations', 'alerts', 'team', 'today', 'past', 'audit'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Place {
  view: ViewName;
  ongoing: View;
  team: TeamView;
  today: TodayView;
  past: PastView;
  audit: AuditView;
  /** What stays open beside what is opened next, in its order. */
  kept: readonly string[];
  /** What was opened last. */
  open: string | null;
}

/** So many conversations side by side. */
export const MOST_OPEN = 4;

export const nowhere: Place = { view: 'conversations', ongoing: everything, team: wholeTeam, today: wholeDay, past: everythingPast, audit: everythingDone, kept: [], open: null };

export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const asked = new URLSearchParams(query);
  const view = VIEWS.find((one) => one === path) ?? 'conversations';
  const ids = (name: string) => asked.getAll(name).filter((id) => /^conv_\w+$/.test(id));
  return {
    view,
    ongoing: view === 'conversations' ? readView(asked) : everything,
    team: view === 'team' ? readTeam(asked) : wholeTeam,
    today: view === 'today' ? readToday(asked) : wholeDay,
    past: view === 'past' ? readPast(asked) : everythingPast,
    audit: view === 'audit' ? readAudit(asked) : everythingDone,
    kept: [...new Set(ids('kept'))].slice(0, MOST_OPEN - 1),
    open: ids('open')[0] ?? null,
  };
}

export function writePlace({ view, ongoing, team, today, past, audit, kept, open }: Place): string {
  const written: Record<ViewName, () => URLSearchParams> = {
    conversations: () => writeView(ongoing),
    alerts: () => new URLSearchParams(),
    team: () => writeTeam(team),
    today: () => writeToday(today),
    past: () => writePast(past),
    audit: () => writeAudit(audit),
  };
  const asked = written[view]();
  for (const id of kept) asked.append('kept', id);
  if (open) asked.append('open', open);
  const query = asked.toString();
  return `#/${view}${query && `?${query}`}`;
}

/** The place that the address bar says, as a value that can be watched. */
class Places extends Store<Place> {
  constructor() {
    super(readPlace(location.hash));
    addEventListener('hashchange', () => {
      const { ongoing, team, today, past, audit, ...there } = readPlace(location.hash);
      // An address says what is asked of its own view alone; what was asked of the others stays.
      const asked: Partial<Record<ViewName, Partial<Place>>> = { conversations: { ongoing }, team: { team }, today: { today }, past: { past }, audit: { audit } };
      this.set({ ...this.get(), ...there, ...asked[there.view] });
    });
  }

  /** Goes somewhere. What is only asked otherwise takes the place of what was asked, so that "back" leaves the list. */
  go(change: Partial<Place>, step: 'push' | 'replace' = 'push') {
    const next = { ...this.get(), ...change };
    const address = writePlace(next);
    if (address !== location.hash) history[`${step}State`](null, '', address);
    this.set(next);
  }
}

let places: Places | undefined;
/** One for the page. */
export const usePlaces = () => (places ??= new Places());

/** For where there is room for one thing only, and another is asked for. */
export const nothingOpen = { kept: [], open: null } satisfies Partial<Place>;

/** Opens a conversation in the room of the one that was opened last. */
export const opening = (place: Place, id: string): Partial<Place> =>
  place.kept.includes(id) ? {} : { open: id };

/** Closes one. What was kept last is what was opened last then. */
export function closing(place: Place, id: string): Partial<Place> {
  if (place.open === id) return { open: place.kept.at(-1) ?? null, kept: place.kept.slice(0, -1) };
  return { kept: place.kept.filter((one) => one !== id) };
}

/** Keeps one beside what is opened next, or lets it go. */
export function keeping(place: Place, id: string): Partial<Place> {
  if (place.open === id) return { kept: [...place.kept, id], open: null };
  const kept = place.kept.filter((one) => one !== id);
  return { kept: place.open ? [...kept, place.open].slice(0, MOST_OPEN - 1) : kept, open: id };
}
