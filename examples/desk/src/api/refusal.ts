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
