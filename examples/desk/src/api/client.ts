// The client of one signed-in person: queries and mutations by POST, subscriptions over one
// WebSocket that reconnects for ever, resumes by cursor, and takes the next token while it is open.

import { retryExchange } from '@urql/exchange-retry';
import { createClient as createLive } from 'graphql-ws';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { Connection } from './connection';
import { codeOf } from './refusal';
import { resumable } from './resume';
import type { SessionStore } from './session';

const PATH = '/graphql';
/** Regie closes a WebSocket with this code when its token ends or is refused. */
const TOKEN_ENDED = 4403;
const LONGEST_PAUSE_MS = 5_000;

export interface Api {
  client: Client;
  connection: Connection;
  close: () => void;
}

export function openApi(session: SessionStore): Api {
  const connection = new Connection();
  const bearer = () => `Bearer ${session.get()?.token ?? ''}`;
  let socket: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let sent = '';

  const live = createLive({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${PATH}`,
    connectionParams: () => {
      sent = session.get()?.token ?? '';
      return { token: sent };
    },
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(retries, 6));
      // Half of it by chance, so that not every desk comes back in the same moment.
      await new Promise((wake) => setTimeout(wake, pause / 2 + (Math.random() * pause) / 2));
      await session.usable();
    },
    // A network can go without a word: ask, and take silence for an end.
    keepAlive: 10_000,
    on: {
      connecting: () => connection.set('connecting'),
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => connection.set('live'),
      ping: (received) => {
        if (!received) silence = setTimeout(() => live.terminate(), 5_000);
      },
      pong: (received, payload) => {
        if (!received) return;
        clearTimeout(silence);
        if (payload?.accepted === false) session.refuse(sent);
      },
      closed: (event) => {
        clearTimeout(silence);
        socket = undefined;
        connection.set('lost');
        if ((event as CloseEvent).code === TOKEN_ENDED) session.refuse(sent);
      },
    },
  });

  // The next token goes in a ping; the connection and its subscriptions go on by it.
  const forget = session.subscribe(() => {
    const token = session.get()?.token;
    if (!token || token === sent || socket?.readyState !== WebSocket.OPEN) return;
    sent = token;
    socket.send(JSON.stringify({ type: 'ping', payload: { token } }));
  });

  const client = new Client({
    url: PATH,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: bearer() } }),
    // No cache: what is shown comes from subscriptions, and a cache would be a second truth.
    exchanges: [
      mapExchange({
        onError: (error, operation) => {
          const options = operation.context.fetchOptions;
          const { authorization } = Object(typeof options === 'function' ? options() : options).headers ?? {};
          if (codeOf(error) === 'UNAUTHENTICATED' && authorization === bearer()) {
            session.refuse(session.get()?.token ?? '');
          }
        },
      }),
      // Safe for mutations too: each carries an idempotency key, the same one in every attempt.
      retryExchange({
        initialDelayMs: 500,
        maxDelayMs: LONGEST_PAUSE_MS,
        maxNumberAttempts: 12,
        retryIf: (error, operation) =>
          operation.kind !== 'subscription' && (!!error.networkError || codeOf(error) === 'RATE_LIMITED'),
      }),
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
      forget();
      void live.dispose();
    },
  };
}
