// The live list as a pure function of what `ongoingConversationsLive` delivers: a snapshot, then one update after another,
// each applied once and in order. The server decides what is right; nothing is sorted or filtered here.

export interface Listed {
  readonly id: string;
}

/** A step from one list to the next: a row where it stands from now on, or one that left. Indexes count once the row is inserted. */
export type Step<Row extends Listed> =
  | { readonly conversation: Row; readonly index?: number | null }
  | { readonly conversationId: string };

export type Update<Row extends Listed> =
  | { readonly cursor: string; readonly totalCount?: number; readonly conversations: readonly Row[] }
  | { readonly cursor: string; readonly totalCount?: number; readonly changes: readonly Step<Row>[] };

export interface List<Row extends Listed> {
  readonly rows: readonly Row[];
  /** How many match in all, shown or not. */
  readonly totalCount: number;
  /** Where in the event log this is what the query shows. */
  readonly cursor: string;
}

/** The list after an update; null before the first snapshot, when there is nothing that a change could be a change of. */
export function applyUpdate<Row extends Listed>(list: List<Row> | null, update: Update<Row>): List<Row> | null {
  const { cursor } = update;
  if ('conversations' in update) {
    const rows = update.conversations;
    return { rows, totalCount: update.totalCount ?? rows.length, cursor };
  }
  if (list === null) return null;
  const rows = update.changes.reduce(step, list.rows) as readonly Row[];
  return { rows, totalCount: update.totalCount ?? list.totalCount, cursor };
}

function step<Row extends Listed>(rows: readonly Row[], change: Step<Row>): readonly Row[] {
  if (!('conversation' in change)) return rows.filter(({ id }) => id !== change.conversationId);
  const { conversation, index } = change;
  const at = rows.findIndex(({ id }) => id === conversation.id);
  // A row stands in the list once: taken out where it was, put in where it is.
  const others = at < 0 ? [...rows] : rows.toSpliced(at, 1);
  // An update may come without its index: the row stays where it is.
  others.splice(index ?? (at < 0 ? others.length : at), 0, conversation);
  return others;
}
