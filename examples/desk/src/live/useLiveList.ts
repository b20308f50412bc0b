// The ongoing conversations of a view, kept right by the server: it tells what changed, and after a
// cut goes on from the last cursor (api/resume.ts), with the whole list where it cannot. What the
// server itself ends is asked for again.

import { useCallback, useReducer } from 'react';
import { useClient } from 'urql';
import { graphql } from '../gql';
import type { RowFragment } from '../gql/graphql';
import type { Begin } from './keepGoing';
import { applyUpdate, type List, type Update } from './list';
import { type Kept, useKept } from './useKept';
import { filterOf, orderOf, type View } from './view';

export const RowFragmentDoc = graphql(`
  fragment Row on Conversation {
    id
    state
    statusReason
    channel
    subject
    priority
    tags
    waitingSince
    unansweredSince
    customer {
      name
    }
    queue {
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
      attentionReason
      since
    }
  }
`);

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

const reduce = (list: List<RowFragment> | null, update: Update<RowFragment>) => applyUpdate(list, update);

export function useLiveList(view: View): Kept & { list: List<RowFragment> | null } {
  const client = useClient();
  const [list, apply] = useReducer(reduce, null);
  const key = JSON.stringify(view);

  // The rows of the view before stay until the snapshot of this one is there.
  const begin = useCallback<Begin>(
    (link) => {
      const asked: View = JSON.parse(key);
      const variables = { filter: filterOf(asked), orderBy: orderOf(asked), first: asked.first };
      return client.subscription(Ongoing, variables).subscribe(({ data, error }) => {
        // With an error urql delivers once more what came before it.
        if (error) return link.broke(error);
        if (!data) return;
        apply(data.ongoingConversationsLive);
        link.up();
      }).unsubscribe;
    },
    [client, key],
  );

  return { list, ...useKept(begin) };
}
