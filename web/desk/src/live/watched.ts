// Which conversations somebody monitors now, however they began to.

import { useMemo } from 'react';
import { useLiveList } from 'regie-client/react';
import { inFrame } from '../frame';
import { graphql } from '../gql';

const Watched = graphql(`
  subscription Watched($filter: OngoingFilter, $after: LogCursor) {
    ongoingConversationsLive(filter: $filter, first: 100, after: $after) {
      __typename
      ... on OngoingSnapshot {
        cursor
        totalCount
        conversations {
          id
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
              id
            }
          }
          ... on OngoingUpdated {
            index
            conversation {
              id
            }
          }
          ... on OngoingMoved {
            index
            conversation {
              id
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

const FRAME = { schedule: inFrame };

export function useWatched(me: string): ReadonlySet<string> {
  const { list } = useLiveList(Watched, { filter: { monitoredBy: [me] } }, FRAME);
  const key = list?.rows.map(({ id }) => id).join(' ') ?? '';
  return useMemo(() => new Set(key.split(' ').filter(Boolean)), [key]);
}
