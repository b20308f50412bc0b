// One conversation as this person sees it now. An event of it is a hint to ask again: what one may
// do hangs on more than the conversation, and the answer to a query is always of now.

import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../gql';
import type { PanelFragment } from '../gql/graphql';
import { hints, keepReading } from './keepReading';

export const ActionAnswerFragmentDoc = graphql(`
  fragment Answer on ActionAnswer {
    allowed
    code
    reason
  }
`);

export const PanelFragmentDoc = graphql(`
  fragment Panel on Conversation {
    ...Row
    version
    startedAt
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
    pendingOffer {
      dueAt
    }
    viewerCan {
      monitor {
        ...Answer
      }
      stopMonitoring {
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
  subscription Touched($id: ID!, $after: Cursor) {
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

/** Null until it is known. */
export function usePanel(id: string): Seen | null {
  const client = useClient();
  const [seen, setSeen] = useState<Seen | null>(null);

  useEffect(
    () =>
      keepReading({
        read: async () => {
          const { data } = await client.query(Conversation, { id }).toPromise();
          if (data) setSeen({ id, conversation: data.conversation ?? null });
          return data?.ongoingConversations.asOf;
        },
        follow: hints(client, Touched, (after) => ({ id, after })),
      }),
    [client, id],
  );

  return seen?.id === id ? seen : null;
}
