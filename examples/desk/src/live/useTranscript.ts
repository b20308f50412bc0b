// The transcript of one conversation: read once, then followed from exactly there.

import { useCallback, useMemo, useReducer, useState } from 'react';
import { CombinedError, useClient } from 'urql';
import { KEPT } from '../api/client';
import { graphql } from '../gql';
import type { ErrorCode, Language, MessageFragment } from '../gql/graphql';
import { readAndFollow } from './keepReading';
import { applyToTranscript, type Transcript, type TranscriptChange } from './transcript';
import { useKept } from './useKept';

const PAGE = 50;

export const AttachmentFragmentDoc = graphql(`
  fragment Attachment on Attachment {
    kind
    mediaType
    fileName
    size
    url
    reference
    durationSeconds
    latitude
    longitude
    label
  }
`);

export const MessageFragmentDoc = graphql(`
  fragment Message on Message {
    id
    number
    author
    visibility
    coachedAgent {
      name
    }
    postedAt
    erasedAt
    supervisor
    systemMessage
    agent {
      name
    }
    text(language: $language)
    editedAt
    removedAt
    revisions {
      text
      replacedAt
    }
    attachments {
      ...Attachment
    }
    replyTo {
      id
      author
      erasedAt
      removedAt
      supervisor
      agent {
        name
      }
      text(language: $language)
      attachments {
        kind
        label
      }
    }
    reactions {
      reaction
      author
      supervisor
      agent {
        name
      }
    }
    delivery {
      state
      errorCode
      errorDescription
    }
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
  subscription FollowTranscript($id: ID!, $after: LogCursor, $language: Language!) {
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
  const [missed, setMissed] = useState<CombinedError | null>(null);

  const read = useCallback(
    async (before: string | null): Promise<Page | CombinedError> => {
      const variables = { id, last: PAGE, before, language };
      const { data, error } = await client.query(Read, variables, KEPT).toPromise();
      return error ?? data?.conversation?.transcript ?? notThere();
    },
    [client, id, language],
  );

  const begin = useMemo(
    () =>
      readAndFollow({
        read: async () => {
          const page = await read(null);
          if (page instanceof CombinedError) return page;
          change({ kind: 'read', messages: messagesOf(page), before: beforeOf(page) });
          return page.asOf;
        },
        // Each event says all that there is to know, so nothing is read again.
        follow: (after, { broke }) =>
          client.subscription(Follow, { id, language, after }).subscribe(({ data, error }) => {
            // With an error urql delivers once more what came before it.
            if (error) return broke(error);
            const event = data?.conversationTranscript;
            if (event && 'message' in event) change({ kind: 'posted', message: event.message });
            else if (event) change({ kind: 'ended' });
          }).unsubscribe,
      }),
    [client, id, language, read],
  );

  const readEarlier = async () => {
    setMissed(null);
    const page = transcript?.before ? await read(transcript.before) : null;
    if (page instanceof CombinedError) setMissed(page);
    else if (page) change({ kind: 'earlier', messages: messagesOf(page), before: beforeOf(page) });
  };

  /** `missed`: why earlier messages could not be read. */
  return { transcript, readEarlier, missed, ...useKept(begin) };
}

/** The conversation went out of sight between two looks. */
const notThere = () =>
  new CombinedError({ graphQLErrors: [{ message: '', extensions: { code: 'NOT_FOUND' satisfies ErrorCode } }] });

interface Page {
  asOf: string;
  edges: { node: M }[];
  pageInfo: { hasPreviousPage: boolean; startCursor?: string | null };
}

const messagesOf = (page: Page) => page.edges.map((edge) => edge.node);
const beforeOf = ({ pageInfo }: Page) => (pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? null) : null);
