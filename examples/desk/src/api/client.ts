// The client of one signed-in person: queries and mutations by POST, subscriptions over one
// WebSocket that reconnects for ever, resumes by cursor, and takes the next token while it is open.

import { retryExchange } from '@urql/exchange-retry';
import { createClient as createLive } from 'graphql-ws';
import { Client, fetchExchange, makeOperation, mapExchange, type Operation, subscriptionExchange } from 'urql';
import { Connection } from './connection';
import { Handover } from './handover';
import { codeOf } from './refusal';
import { resumable } from './resume';
import type { SessionStore } from './session';

const PATH = '/graphql';
const LONGEST_PAUSE_MS = 5_000;

/** Context of a query that is kept going (live/keepGoing.ts), and so is repeated from there. */
export const KEPT = { kept: true };

export interface Api {
  client: Client;
  connection: Connection;
  close: () => void;
}

export function openApi(session: SessionStore): Api {
  const connection = new Connection();
  const handover = new Handover(session);
  const over = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;

  const live = createLive({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${PATH}`,
    connectionParams: () => handover.begin(),
    // Open also while nothing is followed, as where the past is looked at: what it says of the server stays true.
    lazy: false,
    onNonLazyError: () => connection.set('lost'),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(retries, 6));
      // Half of it by chance, so that not every desk comes back in the same moment.
      await new Promise((wake) => setTimeout(wake, pause / 2 + (Math.random() * pause) / 2));
      await session.usable(over.signal);
    },
    // A network can go without a word: ask, and take silence for an end.
    keepAlive: 10_000,
    on: {
      connecting: () => connection.set('connecting'),
      connected: (socket) => {
        connection.set('live');
        handover.acknowledged(socket as WebSocket);
      },
      ping: (received) => {
        if (!received) silence = setTimeout(() => live.terminate(), 5_000);
      },
      pong: (received, payload) => {
        if (!received) return;
        clearTimeout(silence);
        handover.answered(payload);
      },
      closed: (event) => {
        clearTimeout(silence);
        connection.set('lost');
        handover.ended((event as CloseEvent).code);
      },
    },
  });

  // The next token goes to the connection that there is; its subscriptions go on by it.
  const forget = session.subscribe(() => handover.offer());

  /** With the token of this moment, which stays with the operation: what comes back is said of it. */
  const sign = (operation: Operation) => {
    const { token = '' } = session.get() ?? {};
    const fetchOptions = { headers: { authorization: `Bearer ${token}` } };
    return makeOperation(operation.kind, operation, { ...operation.context, fetchOptions, token });
  };
  const signing = mapExchange({
    // Reading waits for a token that may be worth something; a mutation is refused now rather than
    // carried out when nobody thinks of it any more.
    onOperation: (operation) =>
      operation.kind === 'query' ? session.usable(over.signal).then(() => sign(operation)) : sign(operation),
    onError: (error, operation) => {
      if (codeOf(error) === 'UNAUTHENTICATED') session.refuse(operation.context.token);
    },
  });

  const client = new Client({
    url: PATH,
    preferGetMethod: false,
    // No cache: what is shown comes from subscriptions, and a cache would be a second truth.
    exchanges: [
      // Safe for mutations too: each carries an idempotency key, the same one in every attempt.
      retryExchange({
        initialDelayMs: 500,
        maxDelayMs: LONGEST_PAUSE_MS,
        maxNumberAttempts: 12,
        retryIf: (error, operation) =>
          operation.kind !== 'subscription' &&
          !operation.context.kept &&
          (!!error.networkError || codeOf(error) === 'RATE_LIMITED'),
      }),
      // After it, so that each attempt goes with the token of its moment.
      signing,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (operation) => ({
          subscribe: (sink) => ({ unsubscribe: resumable(live, operation, sink) }),
        }),
      }),
    ],
  });

  return {
    client,
    connection,
    close: () => {
      over.abort();
      forget();
      void live.dispose();
    },
  };
}
