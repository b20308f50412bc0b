// Two ways in which Regie says no: a refusal is data in a mutation's payload, an error means that
// the whole request was not served. Both carry a code that is made to be switched on.

import type { CombinedError } from 'urql';
import { graphql } from '../gql';
import type { ErrorCode } from '../gql/graphql';

export const RefusalFragment = graphql(`
  fragment Refusal on CommandError {
    __typename
    code
    message
    ... on AlreadyAssigned {
      agent {
        name
      }
    }
    ... on CapacityExceeded {
      exceededBy
      totalUnits
      consumedUnits
      requiredUnits
    }
    ... on PresenceNotAllowed {
      presence
    }
    ... on InvalidState {
      state
    }
  }
`);

/** The code of a request that was not served; undefined when the server could not be reached. */
export function codeOf(error: CombinedError): ErrorCode | undefined {
  return error.graphQLErrors[0]?.extensions.code as ErrorCode | undefined;
}

/** What may be answered otherwise when it is asked again, of a server that is the same. */
const PASSING: readonly (ErrorCode | undefined)[] = [
  // No word from the server, or from something before it.
  undefined,
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
export const canPass = (error: CombinedError) => PASSING.includes(codeOf(error));

/** How long the server asks to wait, in milliseconds; 0 where it says nothing. */
export function retryAfterMs(error: CombinedError): number {
  const seconds = Number(error.graphQLErrors[0]?.extensions.retryAfter);
  return seconds > 0 ? seconds * 1000 : 0;
}
