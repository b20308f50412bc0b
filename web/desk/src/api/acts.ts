// What the desk does. Each answers with its refusals; what changed comes by the subscriptions.

import { graphql } from '../gql';
import './refusal';

export const Monitor = graphql(`
  mutation Monitor($input: MonitorConversationInput!) {
    monitorConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const StopMonitoring = graphql(`
  mutation StopMonitoring($input: StopMonitoringInput!) {
    stopMonitoring(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Review = graphql(`
  mutation Review($input: ReviewConversationInput!) {
    reviewConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const StopReview = graphql(`
  mutation StopReview($input: StopReviewInput!) {
    stopReview(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Join = graphql(`
  mutation Join($input: JoinConversationInput!) {
    joinConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Leave = graphql(`
  mutation Leave($input: LeaveConversationInput!) {
    leaveConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Write = graphql(`
  mutation Write($input: SendMessageInput!) {
    sendMessage(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Assign = graphql(`
  mutation Assign($input: AssignConversationInput!) {
    assignConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const CancelOffer = graphql(`
  mutation CancelOffer($input: CancelOfferInput!) {
    cancelOffer(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Transfer = graphql(`
  mutation Transfer($input: TransferConversationInput!) {
    transferConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const CancelTransfer = graphql(`
  mutation CancelTransfer($input: CancelTransferInput!) {
    cancelTransfer(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const ForceClose = graphql(`
  mutation ForceClose($input: ForceCloseConversationInput!) {
    forceCloseConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Requeue = graphql(`
  mutation Requeue($input: RequeueConversationInput!) {
    requeueConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const TakeOver = graphql(`
  mutation TakeOver($input: TakeOverConversationInput!) {
    takeOverConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Coach = graphql(`
  mutation Coach($input: CoachAgentInput!) {
    coachAgent(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const AnswerHelp = graphql(`
  mutation AnswerHelp($input: AnswerHelpInput!) {
    answerHelp(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Acknowledge = graphql(`
  mutation Acknowledge($input: AcknowledgeAttentionInput!) {
    acknowledgeAttention(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);

export const Update = graphql(`
  mutation Update($input: UpdateConversationInput!) {
    updateConversation(input: $input) {
      errors {
        ...Refusal
      }
    }
  }
`);
