// The transcript of one conversation: read once, then followed from exactly there.

import { useCallback, useEffect, useReducer, useState } from 'react';
import { useClient } from 'urql';
import { codeOf } from '../api/refusal';
import { graphql } from '../gql';
import type { Language, MessageFragment } from '../gql/graphql';
import { applyToTranscript, type Transcript, type TranscriptChange } from './transcript';

const PAGE = 50;

export const MessageFragmentDoc = graphql(`
  fragment Message on Message {
    id
    number
    author
    visibility
    postedAt
    erasedAt
    supervisor
    systemMessage
    agent {
      name
    }
    text(language: $language)
  }
`);

const Read = graphql(`
  query ReadTranscript($id: ID!, $last: Int!, $before: String, $language: Language!) {
    conversation(id: $id) {
      id
      transcript(last: $last, before: $before) {
        asOf
        edges {
          node {
            ...Message
          }
        }
        pageInfo {
          hasPreviousPage
          startCursor
        }
      }
    }
  }
`);

const Follow = graphql(`
  subscription FollowTranscript($id: ID!, $after: Cursor, $language: Language!) {
    conversationTranscript(conversationId: $id, after: $after) {
      ... on TranscriptMessage {
        cursor
        message {
          ...Message
        }
      }
      ... on TranscriptEnded {
        cursor
        cause
      }
    }
  }
`);

type M = MessageFragment;
const reduce = (transcript: Transcript<M> | null, change: TranscriptChange<M>) =>
  applyToTranscript(transcript, change);

export function useTranscript(id: string, language: Language) {
  const client = useClient();
  const [transcript, change] = useReducer(reduce, null);
  const [start, setStart] = useState(0);

  const read = useCallback(
    async (before: string | null) => {
      const result = await client.query(Read, { id, last: PAGE, before, language }).toPromise();
      return result.data?.conversation?.transcript;
    },
    [client, id, language],
  );

  useEffect(() => {
    let over = false;
    let unfollow = () => {};
    void read(null).then((page) => {
      if (over || !page) return;
      change({ kind: 'read', messages: messagesOf(page), before: beforeOf(page) });
      const followed = client.subscription(Follow, { id, language, after: page.asOf }).subscribe((result) => {
        const event = result.data?.conversationTranscript;
        if (event && 'message' in event) change({ kind: 'posted', message: event.message });
        else if (event) change({ kind: 'ended' });
        // Away for longer than the server remembers: what was missed is read again.
        else if (result.error && codeOf(result.error) === 'CURSOR_EXPIRED') setStart((times) => times + 1);
      });
      unfollow = followed.unsubscribe;
    });
    return () => {
      over = true;
      unfollow();
    };
  }, [client, id, language, read, start]);

  const readEarlier = async () => {
    const page = transcript?.before ? await read(transcript.before) : null;
    if (page) change({ kind: 'earlier', messages: messagesOf(page), before: beforeOf(page) });
  };

  return { transcript, readEarlier };
}

interface Page {
  edges: { node: M }[];
  pageInfo: { hasPreviousPage: boolean; startCursor?: string | null };
}

const messagesOf = (page: Page) => page.edges.map((edge) => edge.node);
const beforeOf = ({ pageInfo }: Page) => (pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? null) : null);
