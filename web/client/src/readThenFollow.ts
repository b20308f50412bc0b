// Reading, and following from exactly there: nothing between the two is missed, and nothing comes twice.

import type { Fault } from './fault.js';
import type { Begin } from './keepGoing.js';

export interface Following {
  /** Asks for another read: for what is more than one event can tell. */
  happened: () => void;
  /** It cannot go on from where it was. */
  broke: (fault: Fault) => void;
}

export interface Reading {
  /** Reads once. Answers where in the event log that was (`asOf`), or why it could not be read. */
  read: () => Promise<string | Fault>;
  /** Follows what comes after that place, until the function that it returns is called. */
  follow: (after: string, on: Following) => () => void;
}

/** To be kept going: reads, follows, and reads again, until one of them breaks. Any number of events during a read ask for one more. */
export const readThenFollow =
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
