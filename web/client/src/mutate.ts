// A command, carried out at most once however often it is sent: one idempotency key for each intention, kept over retries.

import type { Connection } from './connect.js';
import { type Document, operationOf, rootOf } from './document.js';
import type { Fault } from './fault.js';
import { pauseMs, wait } from './pause.js';

/** What every mutation of Regie answers under its one root field. */
export interface AnyPayload {
  readonly errors: readonly { readonly code: string }[];
}

export type PayloadOf<Data> = Extract<NonNullable<Data[keyof Data]>, AnyPayload>;
/** What a refusal has, as the document asks for it: `code`, `message`, and what its `__typename` brings. */
export type RefusalOf<Data> = PayloadOf<Data>['errors'][number];

export type Outcome<Data> =
  /** It is done, durably. */
  | { readonly kind: 'done'; readonly payload: PayloadOf<Data> }
  /** It was refused, and nothing changed: `refusal` is the first rule that failed. */
  | { readonly kind: 'refused'; readonly refusal: RefusalOf<Data>; readonly payload: PayloadOf<Data> }
  /** The request was not served, by a fault that no repeating mends: switch on `fault.code`. */
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** No answer came in time: it may have been carried out. `again` asks with the same key, and learns it. */
  | { readonly kind: 'unknown'; readonly fault: Fault; readonly again: () => Promise<Outcome<Data>> };

export interface MutateOptions {
  signal?: AbortSignal;
  /**
   * How long to repeat it while there is no answer; default 60,000. Bounded, so that nothing is carried out when nobody
   * thinks of it any more.
   */
  patienceMs?: number;
  /** The key, where the intention outlives the page; made by chance otherwise. */
  idempotencyKey?: string;
}

export type InputOf<Input> = Omit<Input, 'idempotencyKey'>;

const BACKOFF = { shortestMs: 250, longestMs: 5_000 };
/** With these the outcome is open, or nothing was done only because there was no time. */
const OPEN: readonly (string | null)[] = [null, 'INTERNAL', 'RATE_LIMITED', 'LIMIT_EXCEEDED', 'CURSOR_AHEAD'];

/** Sends a mutation of one root field, which takes `$input` and asks for `errors { code }`. It never throws. */
export async function mutate<Data, Input extends object>(
  connection: Connection,
  document: Document<Data, { input: Input }>,
  input: InputOf<Input>,
  options: MutateOptions = {},
): Promise<Outcome<Data>> {
  const { signal, patienceMs = 60_000, idempotencyKey = crypto.randomUUID() } = options;
  const operation = operationOf(document, { input: { ...input, idempotencyKey } });
  const until = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    const { data, fault } = await connection.post(operation, timely(until, signal));
    if (fault === null) return outcomeOf<Data>(data);
    // A limit of the operation itself is the same the next time; one of time is not.
    if (!OPEN.includes(fault.code) || tooLarge(fault)) return { kind: 'failed', fault };
    const pause = Math.max(pauseMs(attempt, BACKOFF), fault.retryAfterMs);
    const isOver = Date.now() + pause > until || !(await wait(pause, signal, connection.over));
    if (isOver) {
      const again = () => mutate(connection, document, input, { patienceMs, idempotencyKey });
      return { kind: 'unknown', fault, again };
    }
  }
}

function outcomeOf<Data>(data: unknown): Outcome<Data> {
  const payload = rootOf(data) as PayloadOf<Data>;
  const { errors } = Object(payload) as Partial<AnyPayload>;
  if (!Array.isArray(errors)) throw new TypeError('the mutation must ask for `errors { code }`');
  const [refusal] = errors as readonly RefusalOf<Data>[];
  return refusal === undefined ? { kind: 'done', payload } : { kind: 'refused', refusal, payload };
}

const tooLarge = ({ code, errors }: Fault) => code === 'LIMIT_EXCEEDED' && errors[0]?.extensions?.limit !== 'milliseconds';

function timely(until: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(Math.max(0, until - Date.now()));
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}
