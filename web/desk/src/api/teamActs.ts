// What the desk does with agents.

import { graphql } from '../gql';
import './refusal';

export const SetPresence = graphql(`
  mutation SetPresence($input: SetPresenceInput!) {
    setPresence(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Drain = graphql(`
  mutation Drain($input: DrainAgentInput!) {
    drainAgent(input: $input) {
      results {
        refusal {
          code
        }
      }
      errors {
        ...Refusal
      }
    }
  }
`);

export const Notify = graphql(`
  mutation Notify($input: NotifyAgentsInput!) {
    notifyAgents(input: $input) {
      notified
      errors {
        ...Refusal
      }
    }
  }
`);
