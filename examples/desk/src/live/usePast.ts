// What is past, a page at a time, latest first. It does not change by itself, so nothing is followed: it is read when
// it is asked for, and what was asked before is forgotten.

import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { graphql } from '../gql';
import type { PastRowFragment } from '../gql/graphql';
import { type PastView, pastFilterOf } from './pastView';

const PAGE = 50;
/** A person who types is let finish a word. */
const TYPING_MS = 250;

export const PastRowFragmentDoc = graphql(`
  fragment PastRow on Conversation {
    id
    channel
    subject
    priority
    tags
    statusReason
    closedAt
    customer {
      name
      erasedAt
    }
    queue {
      name
    }
    agent {
      name
    }
    sentiment {
      level
    }
    disposition {
      label
    }
    rating {
      score
    }
  }
`);

const Closed = graphql(`
  query Closed($filter: ConversationFilter!, $first: Int!, $after: String) {
    conversations(filter: $filter, orderBy: { field: CLOSED_AT, direction: DESC }, first: $first, after: $after) {
      totalCount
      totalCountIsExact
      isComplete
      nodes {
        ...PastRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

interface Found {
  rows: readonly PastRowFragment[];
  total: number;
  /** Whether there are no more than that. */
  exact: boolean;
  /** Whether old conversations can all be found by words. */
  complete: boolean;
  next: string | null;
}

export function usePast(view: PastView) {
  const client = useClient();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<CombinedError | null>(null);
  const [asked, ask] = useState({ times: 0, after: null as string | null });
  const key = JSON.stringify(pastFilterOf(view));

  // Another question begins at its first page.
  const [before, setBefore] = useState(key);
  if (before !== key) {
    setBefore(key);
    ask({ times: 0, after: null });
  }

  useEffect(() => {
    let over = false;
    const read = async () => {
      const variables = { filter: JSON.parse(key), first: PAGE, after: asked.after };
      const answer = await client.query(Closed, variables).toPromise();
      if (over) return;
      setError(answer.error ?? null);
      const page = answer.data?.conversations;
      if (!page || answer.error) return;
      setFound((sofar) => ({
        rows: asked.after ? [...(sofar?.rows ?? []), ...page.nodes] : page.nodes,
        total: page.totalCount,
        exact: page.totalCountIsExact,
        complete: page.isComplete,
        next: page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null,
      }));
    };
    const waiting = setTimeout(() => void read(), asked.after ? 0 : TYPING_MS);
    return () => {
      over = true;
      clearTimeout(waiting);
    };
  }, [client, key, asked]);

  return {
    found,
    error,
    again: () => ask(({ times, after }) => ({ times: times + 1, after })),
    more: () => found?.next && ask({ times: 0, after: found.next }),
  };
}
