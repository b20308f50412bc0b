// One operation of any kind, as the links, exchanges and networks of other clients want it.

import type { GraphQLFormattedError } from 'graphql';
import type { Connection } from './connect.js';
import type { Fault } from './fault.js';
import { following } from './follow.js';
import { keepGoing } from './keepGoing.js';

export interface Observer {
  next: (result: { data: Record<string, unknown> | null; errors?: readonly GraphQLFormattedError[] }) => void;
  error: (error: Error) => void;
  complete: () => void;
}

/** Asks once, or follows a subscription with `$after` and `cursor` past every cut. Commands are safer by `mutate`. */
export function observe(connection: Connection, text: string, variables: Record<string, unknown>, observer: Observer): () => void {
  const fail = (fault: Fault) => {
    if (fault.code === null) return observer.error(new Error(fault.message));
    observer.next({ data: null, errors: fault.errors });
    observer.complete();
  };
  const next = (data: unknown) => observer.next({ data: data as Record<string, unknown> });
  if (/^\s*subscription\b/m.test(text)) {
    return keepGoing(following(connection, text, variables, next), (trouble) => {
      if (trouble?.lasting) fail(trouble.fault);
    });
  }
  const over = new AbortController();
  void connection.post({ query: text, variables }, over.signal).then(({ data, fault }) => {
    if (over.signal.aborted) return;
    if (fault) return fail(fault);
    next(data);
    observer.complete();
  });
  return () => over.abort();
}
