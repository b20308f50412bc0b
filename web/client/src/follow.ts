// A subscription that goes on where it was: every subscription of Regie takes `after`, and every event has a `cursor`.

import type { Connection } from './connect.js';
import { type AnyVariables, cursorOf, type Document, operationOf } from './document.js';
import type { Begin } from './keepGoing.js';
import { keepGoing, type Trouble } from './keepGoing.js';

export interface Follower<Data> {
  next: (data: Data) => void;
  /** What stands in the way at the moment, and null when nothing does any more. A connection that is cut off is none: see its state. */
  trouble?: (trouble: Trouble | null) => void;
}

/** Follows a subscription, which must take `$after` and ask for `cursor`, until the function that it returns is called. */
export function follow<Data, Variables extends AnyVariables>(
  connection: Connection,
  document: Document<Data, Variables>,
  variables: Variables,
  { next, trouble = () => {} }: Follower<Data>,
): () => void {
  return keepGoing(following(connection, document, variables, next), trouble);
}

/** To be kept going: begins where it was when it broke. */
export function following<Data, Variables extends AnyVariables>(
  connection: Connection,
  document: Document<Data, Variables>,
  variables: Variables,
  next: (data: Data) => void,
): Begin {
  const { after, ...rest } = variables as AnyVariables;
  // Sent again with each new connection as it is then, so changing it here is enough.
  const asked: Record<string, unknown> = { ...rest, ...(after ? { after } : {}) };
  return (link) => {
    // Who comes back hears nothing until something happens: that no error comes is all that tells that it runs.
    if (asked.after !== undefined) queueMicrotask(link.up);
    return connection.listen(
      operationOf(document, asked),
      {
        next(data) {
          const cursor = cursorOf(data);
          if (cursor !== undefined) asked.after = cursor;
          next(data as Data);
          link.up();
        },
        error(fault) {
          // What came after that place is not known any more: from now on, or from where the caller reads again.
          if (fault.code?.startsWith('CURSOR_')) delete asked.after;
          link.broke(fault);
        },
        complete: () => {},
      },
    );
  };
}
