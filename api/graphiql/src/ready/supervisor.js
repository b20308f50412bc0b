// A supervisor's day, one tab after the other.

import { BY_SENTIMENT, describe, findConversation, findRefused, withAngriest } from './fill.js';
import { figures } from './figures.js';
import { moving } from './moving.js';
import { watching } from './watching.js';

const WATCHED = { can: ['stopMonitoring'] };

export const supervisor = [
  ...watching,
  ...figures,
  {
    name: 'Monitor',
    query: `# Watch a conversation silently, and read what was
# said so far. Nobody in it learns of it.
mutation Monitor($id: ID!) {
  monitorConversation(input: {
    conversationId: $id
    reason: "Sentiment fell"
  }) {
    session { id startedAt }
    conversation {
      customer { name }
      agent { name }
      state
      transcript(last: 10) {
        edges {
          node { postedAt author visibility text }
        }
      }
    }
    errors { code message }
  }
}
`,
    fill: withAngriest(
      {
        can: ['monitor'],
        filter: { states: ['ACTIVE'] },
        // With a person at work in it, so that it goes on for a while.
        rather: 'transfer',
      },
      'Nothing to monitor now: no accepted conversation allows it.',
    ),
  },
  {
    name: 'ReadAlong',
    query: `# The messages of a conversation that you monitor, as
# they are posted. Monitor one first.
subscription ReadAlong($id: ID!) {
  conversationTranscript(conversationId: $id) {
    ... on TranscriptMessage {
      cursor
      message {
        postedAt
        author
        agent { name }
        supervisor
        visibility
        text
      }
    }
    ... on TranscriptEnded {
      cursor
      cause
    }
  }
}
`,
    fill: withAngriest(WATCHED, 'You monitor no conversation: run the tab Monitor first.'),
  },
  {
    name: 'Coach',
    query: `# Write to the agent of a conversation that you
# monitor, and to nobody else. It answers their
# request for help, if they asked for it.
mutation Coach(
  $id: ID!
  $text: String!
) {
  coachAgent(input: {
    conversationId: $id
    text: $text
  }) {
    message {
      postedAt
      visibility
      coachedAgent { name }
      text
    }
    errors { code message }
  }
}
`,
    fill: withAngriest(
      { can: ['coach'] },
      'You monitor nobody who can be coached: run the tab Monitor first.',
      { text: 'Ask for the order number first.' },
    ),
  },
  {
    name: 'NeedsAttention',
    query: `# Why conversations should be looked at now, what
# ends each reason, and what of that you may do.
query NeedsAttention {
  ongoingConversations(
    first: 10
    filter: { needsAttention: true }
    orderBy: { field: ATTENTION, direction: DESC }
  ) {
    totalCount
    edges {
      node {
        id
        customer { name }
        agent { name }
        attention {
          attentionReason
          since
          actions
          viewerCan
        }
        help { agent { name } requestedAt }
      }
    }
  }
}
`,
  },
  {
    name: 'AnswerHelp',
    query: `# Say that an agent's request for help is answered,
# however that was. Joining, coaching and an INTERNAL
# message answer it by themselves.
mutation AnswerHelp($id: ID!) {
  answerHelp(input: { conversationId: $id }) {
    conversation { attention { attentionReason } }
    errors { code message }
  }
}
`,
    fill: withAngriest({ can: ['answerHelp'] }, 'No agent asks for help now.'),
  },
  {
    name: 'Acknowledge',
    query: `# Say that you have seen to what does not end by
# itself: a message that did not reach the customer, or
# an escalation signal.
mutation Acknowledge($id: ID!, $reason: AttentionReason!) {
  acknowledgeAttention(input: {
    conversationId: $id
    attentionReason: $reason
  }) {
    conversation { attention { attentionReason } }
    errors { code message }
  }
}
`,
    fill: toAcknowledge,
  },
  {
    name: 'CorrectSentiment',
    query: `# Say how a message of the customer feels, where Regie
# got it wrong, while you monitor or review. Take the
# id from the transcript.
mutation CorrectSentiment($message: ID!) {
  correctSentiment(input: {
    messageId: $message
    level: NEGATIVE
  }) {
    conversation { sentiment { level } }
    applied
    errors { code message }
  }
}
`,
  },
  {
    name: 'JoinAndWrite',
    query: `# Step into a conversation that you monitor, and write.
# INTERNAL is for the agents; PUBLIC reaches the
# customer. Both are told that you joined.
mutation JoinAndWrite(
  $id: ID!
  $text: String!
) {
  joinConversation(input: {
    conversationId: $id
  }) {
    conversation { joinedSupervisors }
    errors { code message }
  }
  sendMessage(input: {
    conversationId: $id
    text: $text
    visibility: INTERNAL
  }) {
    message { postedAt visibility text }
    errors { code message }
  }
}
`,
    fill: withAngriest(
      { can: ['join'] },
      'You monitor nothing that can be joined: run the tab Monitor first.',
      { text: 'I am here. Offer the express delivery, it is on us.' },
    ),
  },
  {
    name: 'Assign',
    query: `# Give a waiting conversation to an agent, whatever
# their presence and load. The answer says by how many
# units their capacity is exceeded.
mutation Assign($id: ID!, $agent: ID!) {
  assignConversation(input: {
    conversationId: $id
    target: { agentId: $agent }
    overridePresence: true
    overrideCapacity: true
    overrideDeclines: true
    reason: "Waited too long"
  }) {
    offer { dueAt units agent { name presence } }
    capacityExceededBy
    conversation { state statusReason }
    errors { code message }
  }
}
`,
    fill: async (ask) => {
      const search = { can: ['assign'], filter: { states: ['OPEN'], unassigned: true } };
      const list = 'assignableAgents(first: 50, includePresenceOverride: true)';
      return chooseAgent(ask, search, list, 'Nobody waits to be assigned now.');
    },
  },
  {
    name: 'Transfer',
    query: `# Move a running conversation to another agent of its
# queue. It stays where it is until they accept.
mutation Transfer($id: ID!, $agent: ID!) {
  transferConversation(input: {
    conversationId: $id
    agentId: $agent
    overrideCapacity: true
    overrideDeclines: true
    reason: "Knows this customer"
  }) {
    offer { dueAt agent { name } }
    capacityExceededBy
    conversation { agent { name } state }
    errors { code message }
  }
}
`,
    fill: async (ask) => {
      const search = { can: ['transfer'], orderBy: BY_SENTIMENT };
      return chooseAgent(ask, search, 'transferableAgents(first: 50)', 'Nothing can be transferred now.');
    },
  },
  ...moving,
  {
    name: 'ForceClose',
    query: `# End a conversation from outside, at once, for
# everybody in it. Use it sparingly.
mutation ForceClose($id: ID!) {
  forceCloseConversation(input: {
    conversationId: $id
    reason: "Customer was helped elsewhere"
  }) {
    conversation { state statusReason closedAt }
    errors { code message }
  }
}
`,
    fill: withAngriest(
      { can: ['forceClose'], orderBy: { field: 'LAST_ACTIVITY_AT', direction: 'ASC' } },
      'Nothing can be force-closed now.',
    ),
  },
  {
    name: 'WhyRefused',
    query: `# What you may do with a conversation, why not, and
# what you were refused before.
query WhyRefused($id: ID!) {
  conversation(id: $id) {
    state
    queue { name }
    viewerCan {
      monitor { allowed code message }
      join { allowed code message }
      send { allowed code message }
      assign { allowed code message }
      transfer { allowed code message }
      requeue { allowed code message }
      takeOver { allowed code message }
      forceClose { allowed code message }
    }
  }
  auditLog(first: 10, filter: { refusedOnly: true }) {
    edges {
      node { at action refusal conversationId overrides }
    }
  }
}
`,
    fill: withAngriest({ filter: { states: ['OPEN', 'ACTIVE'] } }, 'You see no conversation now.'),
  },
  {
    name: 'Stop',
    query: `# Stop watching; whoever had joined leaves too.
mutation Stop($id: ID!) {
  stopMonitoring(input: { conversationId: $id }) {
    session { startedAt endedAt endedBy }
    errors { code message }
  }
}
`,
    fill: withAngriest(WATCHED, 'You monitor no conversation.'),
  },
];

/** A conversation, and the first of the agents that the list offers for it, by preference a free one. */
async function chooseAgent(ask, search, list, otherwise) {
  const none = { comment: `${otherwise} The ids are missing.`, values: {} };
  const conversation = await findConversation(ask, search);
  if (!conversation) {
    const without = await findRefused(ask, search);
    if (!without) return none;
    const agent = (await ask('{ agents(first: 1) { nodes { id } } }')).data?.agents.nodes[0]?.id;
    return { comment: `You are refused this: ${without.refused.message}`, values: { id: without.found.id, agent } };
  }
  const field = list.split('(')[0];
  const answer = await ask(
    `query Candidates($id: ID!) {
      conversation(id: $id) { ${list} { edges { node { capacityExceededBy agent { id name } presence } } } }
    }`,
    { id: conversation.id },
  );
  const edges = answer.data?.conversation?.[field]?.edges ?? [];
  const candidates = edges.map(({ node }) => node);
  const chosen = candidates.find(({ capacityExceededBy }) => capacityExceededBy === 0) ?? candidates[0];
  if (!chosen) return none;
  return {
    comment: `${describe(conversation)}, to ${chosen.agent.name} (${chosen.presence.toLowerCase()})`,
    values: { id: conversation.id, agent: chosen.agent.id },
  };
}

/** A conversation with a reason for attention that the viewer can acknowledge, and that reason. */
async function toAcknowledge(ask) {
  const answer = await ask(`{ ongoingConversations(first: 100, filter: { needsAttention: true }) { nodes {
    id subject customer { name } queue { name } sentiment { level } attention { attentionReason viewerCan } } } }`);
  for (const found of answer.data?.ongoingConversations.nodes ?? []) {
    const reason = found.attention.find(({ viewerCan }) => viewerCan.includes('ACKNOWLEDGE'));
    if (reason) return { comment: describe(found), values: { id: found.id, reason: reason.attentionReason } };
  }
  return { comment: 'Nothing is there to be acknowledged now. The id is missing.', values: { reason: 'DELIVERY_FAILED' } };
}
