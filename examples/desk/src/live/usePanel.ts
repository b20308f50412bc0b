// One conversation as this person sees it now. An event of it is a hint to ask again: what one may
// do hangs on more than the conversation, and the answer to a query is always of now.

import { useMemo, useState } from 'react';
import { useClient } from 'urql';
import { KEPT } from '../api/client';
import { graphql } from '../gql';
import type { PanelFragment } from '../gql/graphql';
import { hints, readAndFollow } from './keepReading';
import { type Kept, useKept } from './useKept';

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

const Touched = graphql(`
  subscription Touched($id: ID!, $after: LogCursor) {
    conversationChanges(filter: { conversationIds: [$id] }, after: $after) {
      ... on ConversationChangeEvent {
        cursor
      }
      ... on ConversationLeftScope {
        cursor
      }
    }
  }
`);

interface Seen {
  id: string;
  /** Null when there is none that this person may see. */
  conversation: PanelFragment | null;
}

/** `seen` is null until it is known. */
export function usePanel(id: string): Kept & { seen: Seen | null } {
  const client = useClient();
  const [seen, setSeen] = useState<Seen | null>(null);

  const begin = useMemo(
    () =>
      readAndFollow({
        read: async () => {
          const { data, error } = await client.query(Conversation, { id }, KEPT).toPromise();
          if (error) return error;
          setSeen({ id, conversation: data!.conversation ?? null });
          return data!.ongoingConversations.asOf;
        },
        follow: hints(client, Touched, (after) => ({ id, after })),
      }),
    [client, id],
  );

  return { seen: seen?.id === id ? seen : null, ...useKept(begin) };
}
