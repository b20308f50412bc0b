// The ongoing conversations of a view, all of them: the first hundred as a live list, and of what is further down the
// stretch that is in sight, read again when something happened. Both are what the server shows; nothing is sorted here.

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { type Connection, type Fault, type LiveList, type LiveQuery, liveList, liveQuery, query, type Trouble } from 'regie-client';
import { useClient } from 'regie-client/react';
import { inFrame } from '../frame';
import { graphql } from '../gql';
import type { OngoingFilter, OngoingOrder, RowFragment, StretchQuery } from '../gql/graphql';
import { type Anchor, jumpTo, type Move, moveOf, STRETCH, TOP } from '../list/stretch';
import type { Range } from '../list/visible';
import { Store } from '../store';
import './row';

/** At most so often is a stretch read again. */
const REST_MS = 500;

const Ongoing = graphql(`
  subscription Ongoing($filter: OngoingFilter, $orderBy: OngoingOrder, $first: Int, $after: LogCursor) {
    ongoingConversationsLive(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      __typename
      ... on OngoingSnapshot {
        cursor
        totalCount
        conversations {
          ...Row
        }
      }
      ... on OngoingChanges {
        cursor
        totalCount
        changes {
          __typename
          ... on OngoingEntered {
            index
            conversation {
              ...Row
            }
          }
          ... on OngoingUpdated {
            index
            conversation {
              ...Row
            }
          }
          ... on OngoingMoved {
            index
            conversation {
              ...Row
            }
          }
          ... on OngoingLeft {
            conversationId
          }
        }
      }
    }
  }
`);

const StretchOf = graphql(`
  query Stretch($filter: OngoingFilter, $orderBy: OngoingOrder, $first: Int!, $after: String) {
    ongoingConversations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      asOf
      totalCount
      edges {
        cursor
        node {
          ...Row
        }
      }
    }
  }
`);

const Down = graphql(`
  query Down($filter: OngoingFilter, $orderBy: OngoingOrder, $first: Int!, $after: String) {
    ongoingConversations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

const Up = graphql(`
  query Up($filter: OngoingFilter, $orderBy: OngoingOrder, $last: Int!, $before: String) {
    ongoingConversations(filter: $filter, orderBy: $orderBy, last: $last, before: $before) {
      edges {
        cursor
      }
    }
  }
`);

export interface OngoingState {
  /** What is shown, from the row with this number on. Null until it is known. */
  readonly rows: readonly RowFragment[] | null;
  readonly from: number;
  readonly total: number;
  readonly trouble: Trouble | null;
}

const NOTHING: OngoingState = { rows: null, from: 0, total: 0, trouble: null };

interface Asked {
  filter: OngoingFilter;
  orderBy: OngoingOrder;
}

type Page = StretchQuery['ongoingConversations'];

/** One view, for as long as it is shown. */
export class OngoingRows extends Store<OngoingState> {
  private readonly over = new AbortController();
  private readonly head: LiveList<RowFragment>;
  private tail: LiveQuery<StretchQuery> | null = null;
  /** The rows of the tail as they were last read, and from where on. */
  private page: Page | null = null;
  private anchor: Anchor = TOP;
  private range: Range = { from: 0, to: 0 };
  /** A move to another stretch is under way. */
  private moving: AbortController | null = null;
  private missed: Fault | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly asked: Asked,
  ) {
    super(NOTHING);
    this.head = liveList(connection, Ongoing, { ...asked, first: STRETCH }, { schedule: inFrame });
    this.head.subscribe(() => this.show());
  }

  close() {
    this.over.abort();
    this.moving?.abort();
    this.head.close();
    this.tail?.close();
  }

  again = () => {
    this.missed = null;
    if (this.head.get().trouble) this.head.again();
    if (this.tail?.get().trouble) this.tail.again();
    this.look(this.range);
  };

  /** These rows are in sight. */
  look(range: Range) {
    this.range = range;
    const total = this.total();
    const { list } = this.head.get();
    if (!list || this.over.signal.aborted) return;
    // Whatever can be shown by the live list is.
    if (range.to <= list.rows.length || total <= list.rows.length) return this.toTop();
    if (this.moving) return;
    const cursors = this.page?.edges.map((edge) => edge.cursor);
    const move = cursors ? moveOf({ anchor: this.anchor, cursors }, range, total) : jumpTo(range);
    if (move.kind !== 'stay') void this.move(move);
  }

  private total() {
    return this.head.get().list?.totalCount ?? this.page?.totalCount ?? 0;
  }

  private toTop() {
    this.moving?.abort();
    this.moving = null;
    if (!this.tail) return;
    this.tail.close();
    this.tail = null;
    this.page = null;
    this.anchor = TOP;
    inFrame(() => this.show());
  }

  private async move(move: Exclude<Move, { kind: 'stay' }>) {
    const moving = new AbortController();
    this.moving = moving;
    const anchor = await this.anchorOf(move, moving.signal);
    if (moving.signal.aborted || this.over.signal.aborted) return;
    // The move has ended when its rows are there.
    if (anchor) this.begin(anchor);
    else this.moving = null;
  }

  private anchorOf(move: Exclude<Move, { kind: 'stay' }>, signal: AbortSignal): Promise<Anchor | null> | Anchor {
    switch (move.kind) {
      case 'to':
        return move.anchor;
      case 'up':
        return this.up(move.rows, signal);
      case 'jump':
        return this.down(move.index, signal);
    }
  }

  /** So many rows up from the beginning of the stretch. */
  private async up(rows: number, signal: AbortSignal): Promise<Anchor | null> {
    const before = this.page?.edges[0]?.cursor;
    if (before === undefined) return TOP;
    const { data, fault } = await query(this.connection, Up, { ...this.asked, last: rows + 1, before }, { signal });
    if (fault) return this.miss(fault);
    const { edges } = data.ongoingConversations;
    if (edges.length <= rows) return TOP;
    return { index: Math.max(1, this.anchor.index - rows), cursor: edges[0]!.cursor };
  }

  /** Down to this row from the nearest place that is known, without reading the rows between. */
  private async down(index: number, signal: AbortSignal): Promise<Anchor | null> {
    let at = this.anchor.index <= index ? this.anchor : TOP;
    while (at.index < index) {
      const first = Math.min(STRETCH, index - at.index);
      const { data, fault } = await query(this.connection, Down, { ...this.asked, first, after: at.cursor }, { signal });
      if (fault) return this.miss(fault);
      const { endCursor, hasNextPage } = data.ongoingConversations.pageInfo;
      // The list has become shorter.
      if (!endCursor || !hasNextPage) break;
      at = { index: at.index + first, cursor: endCursor };
    }
    return at;
  }

  private miss(fault: Fault): null {
    if (!this.over.signal.aborted) {
      this.missed = fault;
      inFrame(() => this.show());
    }
    return null;
  }

  /** Follows the stretch behind this place. What was shown stays until it is there. */
  private begin(anchor: Anchor) {
    this.tail?.close();
    this.missed = null;
    const tail = liveQuery(
      this.connection,
      StretchOf,
      { ...this.asked, first: STRETCH, after: anchor.cursor },
      { asOf: (data) => data.ongoingConversations.asOf, restMs: REST_MS, schedule: inFrame },
    );
    this.tail = tail;
    tail.subscribe(() => {
      if (tail !== this.tail) return;
      const page = tail.get().data?.ongoingConversations;
      if (page) {
        this.page = page;
        this.anchor = anchor;
      }
      this.show();
      if (!page || !this.moving) return;
      this.moving = null;
      // Whoever scrolled on meanwhile is somewhere else.
      this.look(this.range);
    });
  }

  private show() {
    if (this.over.signal.aborted) return;
    const { list, trouble } = this.head.get();
    const missed = this.missed && { fault: this.missed, lasting: true };
    const tail = this.tail && this.page;
    this.set({
      rows: tail ? tail.edges.map((edge) => edge.node) : (list?.rows ?? null),
      from: tail ? this.anchor.index : 0,
      total: this.total(),
      trouble: trouble ?? this.tail?.get().trouble ?? missed,
    });
  }
}

/** The rows of a view, for as long as it is shown; those of before stay until it is there. */
export function useOngoing(filter: OngoingFilter, orderBy: OngoingOrder) {
  const connection = useClient();
  const key = JSON.stringify({ filter, orderBy });
  const [rows, setRows] = useState<OngoingRows | null>(null);
  useEffect(() => {
    const opened = new OngoingRows(connection, JSON.parse(key) as Asked);
    setRows(opened);
    return () => opened.close();
  }, [connection, key]);
  const subscribe = useCallback((listener: () => void) => rows?.subscribe(listener) ?? (() => {}), [rows]);
  const state = useSyncExternalStore(subscribe, () => rows?.get() ?? NOTHING);
  const [kept, keep] = useState(state);
  if (state.rows && state !== kept) keep(state);
  const look = useCallback((range: Range) => rows?.look(range), [rows]);
  return { ...(state.rows || state.trouble ? state : { ...kept, trouble: null }), look, again: rows?.again ?? (() => {}), of: rows };
}
