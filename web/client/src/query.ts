// Reading once.

import type { Connection } from './connect.js';
import { type AnyVariables, type Document, operationOf } from './document.js';
import type { Fault } from './fault.js';
import { pauseMs, wait } from './pause.js';

export type QueryResult<Data> = { readonly data: Data; readonly fault: null } | { readonly data: null; readonly fault: Fault };

export interface QueryOptions {
  signal?: AbortSignal;
  /** How long to go on where the server does not answer, has no time, or the next token is awaited; default 60,000. 0 asks once. */
  patienceMs?: number;
}

const BACKOFF = { shortestMs: 500, longestMs: 5_000 };
const REPEATED: readonly (string | null)[] = [null, 'UNAUTHENTICATED', 'RATE_LIMITED', 'CURSOR_AHEAD'];

export async function query<Data, Variables extends AnyVariables>(
  connection: Connection,
  document: Document<Data, Variables>,
  variables: Variables,
  { signal, patienceMs = 60_000 }: QueryOptions = {},
): Promise<QueryResult<Data>> {
  const operation = operationOf(document, { ...variables });
  const until = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const { data, fault } = await connection.post(operation, signal);
    if (fault === null) return { data: data as Data, fault };
    const pause = Math.max(pauseMs(attempt, BACKOFF), fault.retryAfterMs);
    const given = !REPEATED.includes(fault.code) || Date.now() + pause > until;
    if (given || !(await wait(pause, signal, connection.over))) return { data: null, fault };
  }
}
