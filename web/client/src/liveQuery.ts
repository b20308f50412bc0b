// A query that is read again whenever something happened that may change its answer: any page of a list, one conversation
// with what one may do. What it shows is what the query shows at `asOf`.

import type { Connection } from './connect.js';
import { type AnyVariables, type Document } from './document.js';
import { following } from './follow.js';
import { keepGoing, type Trouble } from './keepGoing.js';
import { wait } from './pause.js';
import { query } from './query.js';
import { readThenFollow } from './readThenFollow.js';
import { type Schedule, scheduler } from './schedule.js';
import { type Readable, Store } from './store.js';

export interface LiveQueryState<Data> {
  /** Null until it was read for the first time. */
  readonly data: Data | null;
  readonly trouble: Trouble | null;
}

export interface LiveQuery<Data> extends Readable<LiveQueryState<Data>> {
  /** Asks again after a trouble that lasts, for a person who wants that. */
  again: () => void;
  close: () => void;
}

export interface LiveQueryOptions<Data> {
  /** Where in the event log an answer was. */
  asOf: (data: Data) => string;
  /** The `filter` of `conversationChanges`: which events make it read again; default all that the person sees. */
  filter?: AnyVariables;
  /** The shortest time from the end of one read to the next; default 0. For what many events change, 500 or more. */
  restMs?: number;
  schedule?: Schedule;
}

const HINTS = `subscription Hints($filter: ConversationChangeFilter, $after: LogCursor) {
  conversationChanges(filter: $filter, after: $after) {
    ... on ConversationChangeEvent { cursor }
    ... on ConversationLeftScope { cursor }
  }
}`;

export function liveQuery<Data, Variables extends AnyVariables>(
  connection: Connection,
  document: Document<Data, Variables>,
  variables: Variables,
  { asOf, filter, restMs = 0, schedule }: LiveQueryOptions<Data>,
): LiveQuery<Data> {
  const store = new Store<LiveQueryState<Data>>({ data: null, trouble: null });
  const over = new AbortController();
  let data: Data | null = null;
  let trouble: Trouble | null = null;
  let readAt = -Infinity;
  const show = scheduler(schedule)(() => {
    if (!over.signal.aborted) store.set({ data, trouble });
  });
  const tell = (next: Trouble | null) => {
    if (next === trouble) return;
    trouble = next;
    show();
  };
  const begin = readThenFollow({
    async read() {
      const rest = readAt + restMs - Date.now();
      if (rest > 0) await wait(rest, over.signal);
      // Kept going as a whole, so it is asked once here.
      const answer = await query(connection, document, variables, { signal: over.signal, patienceMs: 0 });
      readAt = Date.now();
      if (answer.fault) return answer.fault;
      data = answer.data;
      show();
      return asOf(data);
    },
    follow: (after, { happened, broke }) =>
      following(connection, HINTS as Document<unknown, AnyVariables>, { filter, after }, happened)({ up: () => {}, broke }),
  });
  let stop = keepGoing(begin, tell);
  return {
    get: store.get,
    subscribe: store.subscribe,
    again() {
      stop();
      tell(null);
      if (!over.signal.aborted) stop = keepGoing(begin, tell);
    },
    close() {
      over.abort();
      stop();
    },
  };
}

