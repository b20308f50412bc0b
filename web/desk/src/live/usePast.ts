// What is past, a page at a time, latest first.

import { graphql } from '../gql';
import type { ClosedQuery } from '../gql/graphql';
import { isBackwards } from './days';
import { type PastView, pastFilterOf } from './pastView';
import { usePages } from './usePages';

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

const pageOf = ({ conversations }: ClosedQuery) => conversations;

export const usePast = (view: PastView) => usePages(Closed, isBackwards(view) ? null : { filter: pastFilterOf(view) }, pageOf);
