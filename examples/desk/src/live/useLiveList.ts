// The ongoing conversations of a view, kept right by the server.

import { useEffect, useReducer, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { graphql } from '../gql';
import type { RowFragment } from '../gql/graphql';
import { applyUpdate, type List, type Update } from './list';
import { hints, keepReading } from './keepReading';
import { filterOf, orderOf, type View } from './view';

export const RowFragmentDoc = graphql(`
  fragment Row on Conversation {
    id
    state
    statusReason
    channel
    subject
    waitingSince
    unansweredSince
    customer {
      name
      erasedAt
    }
    queue {
      id
      name
    }
    agent {
      name
    }
    pendingOffer {
      kind
      agent {
        name
      }
    }
    sentiment {
      level
    }
    attention {
      reason
      since
    }
  }
`);

const Ongoing = graphql(`
  query Ongoing($filter: OngoingFilter, $orderBy: OngoingOrder, $first: Int) {
    ongoingConversations(filter: $filter, orderBy: $orderBy, first: $first) {
      asOf
      totalCount
      edges {
        node {
          ...Row
        }
      }
    }
  }
`);

const Moved = graphql(`
  subscription Moved($after: Cursor) {
    conversationChanges(after: $after) {
      ... on ConversationChangeEvent {
        cursor
      }
      ... on ConversationLeftScope {
        cursor
      }
    }
  }
`);

type Row = RowFragment;
const reduce = (list: List<Row> | null, update: Update<Row>) => applyUpdate(list, update);

export function useLiveList(view: View) {
  const client = useClient();
  const [list, apply] = useReducer(reduce, null);
  const [error, setError] = useState<CombinedError | null>(null);
  const key = JSON.stringify(view);

  useEffect(() => {
    const asked: View = JSON.parse(key);
    const variables = { filter: filterOf(asked), orderBy: orderOf(asked), first: asked.first };
    return keepReading({
      read: async () => {
        const result = await client.query(Ongoing, variables).toPromise();
        const found = result.data?.ongoingConversations;
        setError(found ? null : (result.error ?? null));
        if (found) {
          const conversations = found.edges.map((edge) => edge.node);
          apply({ __typename: 'OngoingSnapshot', totalCount: found.totalCount, conversations });
        }
        return found?.asOf;
      },
      follow: hints(client, Moved, (after) => ({ after })),
    });
  }, [client, key]);

  return { list, error };
}
