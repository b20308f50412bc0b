// A desk's list, kept right by the server: at each cursor it shows what `ongoingConversations` shows there.

import type { Connection } from './connect.js';
import type { AnyVariables, Document } from './document.js';
import { rootOf } from './document.js';
import { following } from './follow.js';
import { keepGoing, type Trouble } from './keepGoing.js';
import { applyUpdate, type List, type Listed, type Update } from './list.js';
import { type Schedule, scheduler } from './schedule.js';
import { type Readable, Store } from './store.js';

/** The rows of a document over `ongoingConversationsLive`: what its snapshot's `conversations` are. */
export type RowOf<Data> = Data[keyof Data] extends infer Root
  ? Root extends { conversations: readonly (infer Row extends Listed)[] }
    ? Row
    : never
  : never;

export interface LiveListState<Row extends Listed> {
  /** Null until the first snapshot. While the connection is cut off: as of `cursor`. */
  readonly list: List<Row> | null;
  /** Why the server gives no list at the moment. */
  readonly trouble: Trouble | null;
}

export interface LiveList<Row extends Listed> extends Readable<LiveListState<Row>> {
  /** Asks again after a trouble that lasts, for a person who wants that. */
  again: () => void;
  close: () => void;
}

export interface LiveListOptions {
  schedule?: Schedule;
}

/** Begins a list. `document` asks for `cursor` and `totalCount`, the rows of each snapshot, and each change with its row's `id` and `index`. */
export function liveList<Data, Variables extends AnyVariables>(
  connection: Connection,
  document: Document<Data, Variables>,
  variables: Variables,
  { schedule }: LiveListOptions = {},
): LiveList<RowOf<Data>> {
  type Row = RowOf<Data>;
  const store = new Store<LiveListState<Row>>({ list: null, trouble: null });
  let list: List<Row> | null = null;
  let trouble: Trouble | null = null;
  let isOpen = true;
  const show = scheduler(schedule)(() => {
    if (isOpen) store.set({ list, trouble });
  });
  const begin = following(connection, document, variables, (data) => {
    list = applyUpdate(list, rootOf(data) as Update<Row>);
    show();
  });
  const tell = (next: Trouble | null) => {
    if (next === trouble) return;
    trouble = next;
    show();
  };
  let stop = keepGoing(begin, tell);
  return {
    get: store.get,
    subscribe: store.subscribe,
    again() {
      stop();
      tell(null);
      if (isOpen) stop = keepGoing(begin, tell);
    },
    close() {
      isOpen = false;
      stop();
    },
  };
}
