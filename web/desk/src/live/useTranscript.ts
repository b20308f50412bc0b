// The transcript of one conversation: read once, then followed from exactly there.

import { useCallback, useMemo, useReducer, useState } from 'react';
import { type Fault, following, query, readThenFollow } from 'regie-client';
import { useClient, useKept } from 'regie-client/react';
import { graphql } from '../gql';
import type { Language, MessageFragment } from '../gql/graphql';
import { applyToTranscript, type Transcript, type TranscriptChange } from './transcript';

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
  const connection = useClient();
  const [transcript, change] = useReducer(reduce, null);
  const [missed, setMissed] = useState<Fault | null>(null);

  const read = useCallback(
    async (before: string | null): Promise<Page | Fault> => {
      const variables = { id, last: PAGE, before, language };
      // Kept going below, or asked for again by a person.
      const { data, fault } = await query(connection, Read, variables, { patienceMs: 0 });
      return fault ?? data?.conversation?.transcript ?? NOT_THERE;
    },
    [connection, id, language],
  );

  const begin = useMemo(
    () =>
      readThenFollow({
        read: async () => {
          const page = await read(null);
          if (isFault(page)) return page;
          change({ kind: 'read', messages: messagesOf(page), before: beforeOf(page) });
          return page.asOf;
        },
        // Each event says all that there is to know, so nothing is read again.
        follow: (after, { broke }) =>
          following(connection, Follow, { id, language, after }, ({ conversationTranscript: event }) => {
            if ('message' in event) change({ kind: 'posted', message: event.message });
            else change({ kind: 'ended' });
          })({ up: () => {}, broke }),
      }),
    [connection, id, language, read],
  );

  const readEarlier = async () => {
    setMissed(null);
    const page = transcript?.before ? await read(transcript.before) : null;
    if (page && isFault(page)) setMissed(page);
    else if (page) change({ kind: 'earlier', messages: messagesOf(page), before: beforeOf(page) });
  };

  /** `missed`: why earlier messages could not be read. */
  return { transcript, readEarlier, missed, ...useKept(begin) };
}

/** The conversation went out of sight between two looks. */
const NOT_THERE: Fault = { code: 'NOT_FOUND', message: '', retryAfterMs: 0, errors: [] };

const isFault = (page: Page | Fault): page is Fault => 'errors' in page;

interface Page {
  asOf: string;
  edges: { node: M }[];
  pageInfo: { hasPreviousPage: boolean; startCursor?: string | null };
}

const messagesOf = (page: Page) => page.edges.map((edge) => edge.node);
const beforeOf = ({ pageInfo }: Page) => (pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? null) : null);
