// A stretch of a long list: up to 100 rows from a place on. The server pages by places (page cursors), not by numbers, so
// a stretch begins behind a row that was seen, and its number is counted from the top. While rows move above it, the rows
// of a stretch stay what the server shows there; only their numbers may be off by as many, until one is back at the top.

import type { Range } from './visible';

/** The most rows that the server gives at once. */
export const STRETCH = 100;
/** A stretch is left for another before its end comes into sight. */
const MARGIN = 20;
/** So much of what is behind stays in the next stretch. */
const BEHIND = 40;

/** Where a stretch begins: behind the row at this place; null is the top. */
export interface Anchor {
  readonly index: number;
  readonly cursor: string | null;
}

export const TOP: Anchor = { index: 0, cursor: null };

export interface Stretch {
  readonly anchor: Anchor;
  /** The places of its rows. */
  readonly cursors: readonly string[];
}

export type Move =
  /** What is in sight is in the stretch. */
  | { readonly kind: 'stay' }
  /** On from a row of the stretch, or at the top. */
  | { readonly kind: 'to'; readonly anchor: Anchor }
  /** So many rows up from the beginning of the stretch. */
  | { readonly kind: 'up'; readonly rows: number }
  /** To this row, which is far from what is known. */
  | { readonly kind: 'jump'; readonly index: number };

/** How the stretch must move for these rows to be shown. */
export function moveOf({ anchor, cursors }: Stretch, range: Range, total: number): Move {
  const first = anchor.index;
  const end = first + cursors.length;
  const isLast = end >= total;
  const below = range.to + MARGIN > end && !isLast && cursors.length > 0;
  const above = range.from < first + MARGIN && first > 0;
  if (!below && !above) return { kind: 'stay' };
  if (range.from <= MARGIN) return { kind: 'to', anchor: TOP };
  const wanted = Math.max(0, range.from - BEHIND);
  // Behind the row before the first one that is wanted.
  const cursor = cursors[wanted - first - 1];
  if (below && wanted > first && cursor !== undefined) return { kind: 'to', anchor: { index: wanted, cursor } };
  if (above && range.to > first - STRETCH) return { kind: 'up', rows: Math.min(first, STRETCH - MARGIN) };
  return { kind: 'jump', index: wanted };
}

/** Where nothing is known of what is in sight. */
export const jumpTo = (range: Range): Move => ({ kind: 'jump', index: Math.max(0, range.from - BEHIND) });
