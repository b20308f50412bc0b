// What the list shows of a conversation.

import { graphql } from '../gql';

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
