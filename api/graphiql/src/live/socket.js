// The one WebSocket of the page, for all its subscriptions. It opens with the first and closes
// with the last: for an agent an open connection means being at work, which reading is not.

import { createClient } from 'graphql-ws';
import { ENDPOINT } from '../request.js';

/** How often a quiet connection is tried, and how long the answer may take. */
const PING = 10_000;
const PONG = 5_000;

/** The client; every subscription resumes for itself, so the client tries nothing twice. */
export function openSocket(session) {
  const url = new URL(ENDPOINT);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let late;
  let isOpen = false;
  const client = createClient({
    url: url.href,
    // A function: each connection takes the token that is the last one by then.
    connectionParams: () => ({ authorization: `Bearer ${session.token}` }),
    lazy: true,
    retryAttempts: 0,
    keepAlive: PING,
    on: {
      ping: (received) => {
        // A network that went away says nothing; a pong that does not come does.
        if (!received) late = setTimeout(() => client.terminate(), PONG);
      },
      pong: () => clearTimeout(late),
      connected: () => (isOpen = true),
      closed() {
        isOpen = false;
        clearTimeout(late);
      },
    },
  });
  return {
    on: client.on,
    subscribe: client.subscribe,
    /** Cuts the connection: what runs resumes over the next one, with the token of then. */
    cut: client.terminate,
    /** Whether the server has acknowledged the connection. */
    get isOpen() {
      return isOpen;
    },
  };
}
