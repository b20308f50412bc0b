// Reading again whenever something happened: for what is more than one event can tell. Nothing is
// missed, since following begins where the first read was; and while one read is under way any
// number of events ask for one more.

import type { AnyVariables, Client, TypedDocumentNode } from 'urql';
import { codeOf } from '../api/refusal';

export interface Reading {
  /** Reads once. Answers where in the event log that was; undefined when it failed. */
  read: () => Promise<string | undefined>;
  /**
   * Calls `happened` for each event after that place, until the function it returns is called; `cut`
   * when it cannot go on from where it was.
   */
  follow: (after: string, happened: () => void, cut: () => void) => () => void;
}

/** After a read that failed, before the next. */
const PAUSE_MS = 5_000;

/** `Reading.follow` for a subscription: whatever it delivers has happened. */
export const hints =
  <V extends AnyVariables>(client: Client, document: TypedDocumentNode<unknown, V>, variables: (after: string) => V) =>
  (after: string, happened: () => void, cut: () => void) =>
    client.subscription(document, variables(after)).subscribe(({ error }) => {
      if (error && codeOf(error) === 'CURSOR_EXPIRED') cut();
      else happened();
    }).unsubscribe;

/** Begins, and returns how to end. */
export function keepReading({ read, follow }: Reading): () => void {
  let over = false;
  let reading = false;
  let stale = false;
  let unfollow: (() => void) | undefined;

  const again = async () => {
    stale = true;
    if (reading) return;
    reading = true;
    while (stale && !over) {
      stale = false;
      const asOf = await read();
      if (over) break;
      if (asOf) unfollow ??= follow(asOf, again, cut);
      else {
        await new Promise((wake) => setTimeout(wake, PAUSE_MS));
        stale = true;
      }
    }
    reading = false;
  };

  const cut = () => {
    unfollow = undefined;
    void again();
  };

  void again();
  return () => {
    over = true;
    unfollow?.();
  };
}
