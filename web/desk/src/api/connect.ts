// The connection of one signed-in person. It asks for their newest token, and waits for a person where there is none.

import { type Connection, connect } from 'regie-client';
import type { SessionStore } from './session';

/** `graphql` beside the page, also for a server behind a path. */
const address = () => new URL('graphql', location.origin + location.pathname).href;

export function openConnection(session: SessionStore): Connection {
  const connection = connect({
    url: address(),
    token: async ({ refused, signal }) => {
      if (refused !== null) session.refuse(refused);
      return (await session.usable(signal)).token;
    },
  });
  // The next token goes to the connection that there is; its subscriptions go on by it.
  const forget = session.subscribe(connection.renew);
  connection.over.addEventListener('abort', forget);
  return connection;
}
