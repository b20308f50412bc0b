// Reading again whenever something happened: for what is more than one event can tell. Nothing is
// missed, since following begins where the first read was; and while one read is under way any
// number of events ask for one more.

import type { AnyVariables, Client, CombinedError, TypedDocumentNode } from 'urql';
import type { Begin } from './keepGoing';

export interface Following {
  /** Asks for another read. */
  happened: () => void;
  /** It cannot go on from where it was. */
  broke: (error: CombinedError) => void;
}

export interface Reading {
  /** Reads once. Answers where in the event log that was, or why it could not be read. */
  read: () => Promise<string | CombinedError>;
  /** Follows what comes after that place, until the function that it returns is called. */
  follow: (after: string, on: Following) => () => void;
}

/** `Reading.follow` for a subscription: whatever it delivers has happened. */
export const hints =
  <V extends AnyVariables>(client: Client, document: TypedDocumentNode<unknown, V>, variables: (after: string) => V) =>
  (after: string, { happened, broke }: Following) =>
    client.subscription(document, variables(after)).subscribe(({ error }) => {
      if (error) broke(error);
      else happened();
    }).unsubscribe;

/** To be kept going: reads, follows, and reads again, until one of them breaks. */
export const readAndFollow =
  ({ read, follow }: Reading): Begin =>
  (link) => {
    let over = false;
    let reading = false;
    let stale = false;
    let unfollow: (() => void) | undefined;

    const again = async () => {
      stale = true;
      if (over || reading) return;
      reading = true;
      while (stale) {
        stale = false;
        const answer = await read();
        if (over) return;
        if (typeof answer !== 'string') return link.broke(answer);
        unfollow ??= follow(answer, { happened: () => void again(), broke: link.broke });
        link.up();
      }
      reading = false;
    };

    void again();
    return () => {
      over = true;
      unfollow?.();
    };
  };
