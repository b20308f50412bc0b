// One conversation as this person sees it now. An event of it is a hint to ask again: what one may
// do hangs on more than the conversation, and the answer to a query is always of now.

import { useLiveQuery } from 'regie-client/react';
import { inFrame } from '../frame';
import { graphql } from '../gql';
import './row';

export const ActionAnswerFragmentDoc = graphql(`
  fragment Answer on ActionAnswer {
    allowed
    code
    message
  }
`);

export const PanelFragmentDoc = graphql(`
  fragment Panel on Conversation {
    ...Row
    version
    startedAt
    closedAt
    autoCloseAt
    averageResponseSeconds
    participants {
      role
      agent {
        id
        name
      }
      supervisor
      joinedAt
      leftAt
    }
    runningMonitorSessions {
      id
      supervisor
    }
    runningReviewSessions {
      id
      supervisor
      endsAt
    }
    pendingOffer {
      dueAt
    }
    attention {
      actions
      viewerCan
    }
    help {
      agent {
        name
      }
    }
    customer {
      id
    }
    sentimentHistory {
      messageId
      at
      level
      score
    }
    escalationSignals
    attributes {
      key
      value
    }
    disposition {
      label
    }
    closingNote
    rating {
      score
      comment
    }
    viewerCan {
      monitor {
        ...Answer
      }
      stopMonitoring {
        ...Answer
      }
      reviewConversation {
        ...Answer
      }
      stopReview {
        ...Answer
      }
      join {
        ...Answer
      }
      leave {
        ...Answer
      }
      send {
        ...Answer
      }
      assign {
        ...Answer
      }
      cancelOffer {
        ...Answer
      }
      transfer {
        ...Answer
      }
      cancelTransfer {
        ...Answer
      }
      forceClose {
        ...Answer
      }
      coach {
        ...Answer
      }
      requeue {
        ...Answer
      }
      takeOver {
        ...Answer
      }
      answerHelp {
        ...Answer
      }
      acknowledgeAttention {
        ...Answer
      }
      update {
        ...Answer
      }
    }
  }
`);

const Conversation = graphql(`
  query Conversation($id: ID!) {
    ongoingConversations(first: 0) {
      asOf
    }
    conversation(id: $id) {
      ...Panel
    }
  }
`);

/** `seen` is null until it is known; its conversation, when there is none that this person may see. */
export function usePanel(id: string) {
  const { data: seen, ...kept } = useLiveQuery(
    Conversation,
    { id },
    { asOf: (data) => data.ongoingConversations.asOf, filter: { conversationIds: [id] }, schedule: inFrame },
  );
  return { seen, ...kept };
}
