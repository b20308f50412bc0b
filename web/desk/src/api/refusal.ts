// What a refusal brings beyond its code, as the notices of the desk say it.

import { graphql } from '../gql';

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
