// An agent's work, one tab for each thing they do. An offer is answered here when a supervisor
// assigns to them.

import { ownFigures } from './figures.js';
import { withConversation } from './fill.js';

export const agent = [
  {
    name: 'MyWork',
    query: `# What is yours, offered to you, or waiting in your
# queues, and what you may do with it.
query MyWork {
  viewer {
    agent {
      name
      presence
      capacity { totalUnits consumedUnits availableUnits }
    }
  }
  ongoingConversations(first: 20) {
    totalCount
    edges {
      node {
        id
        customer { name }
        subject
        state
        queue { name }
        pendingOffer { kind dueAt }
        viewerCan {
          pick { allowed code }
          accept { allowed code }
          send { allowed code }
          end { allowed code }
        }
      }
    }
  }
}
`,
  },
  {
    name: 'MyNotices',
    query: `# Offers made to you, transfers, supervisors who join.
# An open subscription means: at work.
subscription MyNotices {
  notifications {
    __typename
    committedAt
    conversation {
      id
      customer { name }
      subject
      queue { name }
    }
    ... on OfferReceivedNotice { kind dueAt }
  }
}
`,
  },
  {
    name: 'Available',
    query: `# Presence decides what may be offered to you.
mutation Available {
  setPresence(input: { presence: AVAILABLE }) {
    presence
    errors { code message }
  }
}
`,
  },
  {
    name: 'Accept',
    query: `# Take what was offered to you.
mutation Accept($id: ID!) {
  acceptOffer(input: { conversationId: $id }) {
    conversation { state statusReason customer { name } }
    errors { code message }
  }
}
`,
    fill: withConversation({ can: ['accept'] }, 'Nothing is offered to you now; a supervisor can assign something.'),
  },
  {
    name: 'Pick',
    query: `# Take a conversation that waits in one of your queues.
mutation Pick($id: ID!) {
  pickConversation(input: { conversationId: $id }) {
    conversation { state statusReason customer { name } }
    errors { code message }
  }
}
`,
    fill: withConversation({ can: ['pick'] }, 'Nothing waits in your queues now.'),
  },
  {
    name: 'RequestHelp',
    query: `# Ask your supervisors for help with a conversation of
# yours. The note is for agents and supervisors.
mutation RequestHelp($id: ID!, $note: String) {
  requestHelp(input: {
    conversationId: $id
    note: $note
  }) {
    conversation { help { requestedAt } }
    errors { code message }
  }
}
`,
    fill: withConversation(
      { can: ['requestHelp'] },
      'You have no conversation now: run the tab Pick first.',
      { note: 'The refund is above my limit. May I?' },
    ),
  },
  {
    name: 'CancelHelp',
    query: `# Say that you need no help any more.
mutation CancelHelp($id: ID!) {
  cancelHelp(input: { conversationId: $id }) {
    conversation { help { requestedAt } }
    errors { code message }
  }
}
`,
    fill: withConversation(
      { can: ['cancelHelp'] },
      'You have asked for no help: run the tab RequestHelp first.',
    ),
  },
  {
    name: 'Write',
    query: `# Write in a conversation of yours; PUBLIC is what the
# customer reads.
mutation Write($id: ID!, $text: String!) {
  sendMessage(input: {
    conversationId: $id
    text: $text
    visibility: PUBLIC
  }) {
    message { postedAt author visibility text }
    errors { code message }
  }
}
`,
    fill: withConversation({ can: ['send'] }, 'You have no conversation: run the tab Pick first.', {
      text: 'Good morning, how can I help?',
    }),
  },
  ownFigures,
];
