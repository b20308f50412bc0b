// Why a request was not served, as one value: what GraphQL calls errors, and no word from the server at all. A command
// that was refused is none: see mutate.ts.

import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from './schema.js';

/** A code of this package's schema, or one of a later server. */
export type Code = ErrorCode | (string & {});

export interface Fault {
  /** What to switch on; null when there was no word from the server. */
  readonly code: Code | null;
  /** For people, in English. */
  readonly message: string;
  /** How long the server asks to wait; 0 where it says nothing. */
  readonly retryAfterMs: number;
  readonly errors: readonly GraphQLFormattedError[];
}

export function faultOf(errors: readonly GraphQLFormattedError[]): Fault {
  const [first] = errors;
  const { code, retryAfter } = (first?.extensions ?? {}) as { code?: unknown; retryAfter?: unknown };
  const seconds = Number(retryAfter);
  return {
    code: typeof code === 'string' ? code : 'INTERNAL',
    message: first?.message ?? '',
    retryAfterMs: seconds > 0 ? seconds * 1000 : 0,
    errors,
  };
}

export const unreachable = (message: string): Fault => ({ code: null, message, retryAfterMs: 0, errors: [] });

/** What may be answered otherwise when it is asked again, of a server that is the same. */
const PASSING: readonly (Code | null)[] = [
  null,
  // The next token mends it.
  'UNAUTHENTICATED',
  // A fresh read mends it.
  'CURSOR_EXPIRED',
  'CURSOR_INVALID',
  'CURSOR_AHEAD',
  // There can be too much of something at the moment.
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'INTERNAL',
];

/** Whether asking again can help by itself; where rights, settings or the input forbid it, it cannot. */
export const canPass = (fault: Fault): boolean => PASSING.includes(fault.code);
