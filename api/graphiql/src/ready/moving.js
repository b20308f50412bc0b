// How a supervisor moves work that somebody has: one conversation, many, or all of an agent's.

import { describe, findConversations, withAngriest } from './fill.js';

export const moving = [
  {
    name: 'Requeue',
    query: `# Take a conversation from its agent, back to its
# queue: a call too. The agent is told, not by whom.
mutation Requeue($id: ID!) {
  requeueConversation(input: {
    conversationId: $id
    reason: "The agent is in a meeting"
  }) {
    conversation { state queue { name } waitingSince }
    errors { code message }
  }
}
`,
    fill: withAngriest({ can: ['requeue'] }, 'Nothing can be given back to a queue now.'),
  },
  {
    name: 'TakeOver',
    query: `# Become the agent of a conversation yourself, at
# once. Its agent stays as consultant, and customer and
# agent are told. Write with sendMessage; Requeue and
# Transfer give it back.
mutation TakeOver($id: ID!) {
  takeOverConversation(input: {
    conversationId: $id
    reason: "Needs a decision of mine"
  }) {
    conversation {
      agent { name }
      participants { role agent { name } leftAt }
    }
    errors { code message }
  }
}
`,
    fill: withAngriest({ can: ['takeOver'] }, 'Nothing can be taken over now.'),
  },
  {
    name: 'BulkPreview',
    query: `# What the tab Bulk would be refused now. Nothing is
# changed.
query BulkPreview($ids: [ID!]!) {
  bulkPreview(input: {
    conversationIds: $ids
    action: { setPriority: HIGH }
  }) {
    conversationId
    refusal { code message }
  }
}
`,
    fill: withSome('to be looked at'),
  },
  {
    name: 'Bulk',
    query: `# The same to up to 500 conversations, each by itself:
# give one action of forceClose, requeue, assign, addTags,
# setPriority. Sent again with its key, it does what was
# not done.
mutation Bulk($ids: [ID!]!, $key: String!) {
  bulkAction(input: {
    conversationIds: $ids
    action: { setPriority: HIGH }
    idempotencyKey: $key
    reason: "Waited long"
  }) {
    results {
      conversationId
      conversation { priority version }
      refusal { code message }
    }
    errors { code message }
  }
}
`,
    fill: withSome('to be changed', () => ({ key: `graphiql-${new Date().toISOString()}` })),
  },
  {
    name: 'Drain',
    query: `# An agent goes home with open work: sets their
# presence, withdraws what is offered to them, and gives
# what they have back to its queues.
mutation Drain($agent: ID!) {
  drainAgent(input: {
    agentId: $agent
    goOffline: true
    reason: "Went home"
  }) {
    agent { name presence }
    withdrawn
    results {
      conversationId
      conversation { state queue { name } }
      refusal { code message }
    }
    errors { code message }
  }
}
`,
    fill: goneWithWork,
  },
];

/** How many conversations a bulk is tried with. */
const SOME = 3;

/** Fills `ids` with the first that wait, or else the first of all, beside what else the tab takes. */
function withSome(what, more = () => ({})) {
  return async (ask) => {
    const all = await findConversations(ask, { orderBy: { field: 'WAITING_TIME', direction: 'DESC' } });
    const some = all.slice(0, SOME);
    return some.length > 0
      ? { comment: `${some.length}, the first ${describe(some[0])}`, values: { ids: some.map(({ id }) => id), ...more() } }
      : { comment: `No conversation is there ${what}.`, values: more() };
  };
}

/** Fills `agent` with somebody else who has work, rather with one who is not there. */
async function goneWithWork(ask) {
  const answer = await ask(`{
    viewer { agent { id } }
    ongoingConversations(first: 100, filter: { states: [ACTIVE, WAITING] }) { nodes { agent { id name kind presence } } }
  }`);
  const me = answer.data?.viewer.agent?.id;
  const agents = (answer.data?.ongoingConversations.nodes ?? []).map(({ agent }) => agent);
  const people = agents.filter((agent) => agent?.kind === 'HUMAN' && agent.id !== me);
  const chosen = people.find(({ presence }) => presence === 'OFFLINE') ?? people[0];
  return chosen
    ? { comment: `${chosen.name} (${chosen.presence.toLowerCase()})`, values: { agent: chosen.id } }
    : { comment: 'No agent has work now. The id is missing.', values: {} };
}
