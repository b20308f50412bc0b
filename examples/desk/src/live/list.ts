// The live list as a pure function of what `ongoingConversationsLive` delivers: a snapshot, then one
// update after another, each applied once and in order. The server decides what is right; nothing
// is sorted or filtered here.

export interface Listed {
  id: string;
}

/** A step from one state of the list to the next. Indexes count once the row is inserted. */
export type Step<Row extends Listed> =
  | { __typename: 'OngoingEntered' | 'OngoingMoved' | 'OngoingUpdated'; index: number; conversation: Row }
  | { __typename: 'OngoingLeft'; conversationId: string };

export type Update<Row extends Listed> =
  | { __typename: 'OngoingSnapshot'; totalCount: number; conversations: readonly Row[] }
  | { __typename: 'OngoingChanges'; totalCount: number; changes: readonly Step<Row>[] };

export interface List<Row extends Listed> {
  rows: readonly Row[];
  /** How many match in all, shown or not. */
  total: number;
}

export function applyUpdate<Row extends Listed>(list: List<Row> | null, update: Update<Row>): List<Row> | null {
  if (update.__typename === 'OngoingSnapshot') return { rows: update.conversations, total: update.totalCount };
  // Before a snapshot there is nothing that a change could be a change of.
  if (list === null) return null;
  return { rows: update.changes.reduce(step, list.rows), total: update.totalCount };
}

function step<Row extends Listed>(rows: readonly Row[], change: Step<Row>): readonly Row[] {
  if (change.__typename === 'OngoingLeft') return rows.filter((row) => row.id !== change.conversationId);
  // A row stands in the list once: taken out where it was, put in where it is.
  const others = rows.filter((row) => row.id !== change.conversation.id);
  return others.toSpliced(change.index, 0, change.conversation);
}
