// What a supervisor looks at while nothing is amiss: the room now, and as it changes.

import { BY_SENTIMENT, describe, findConversations } from './fill.js';

/** So many that the ids still fit on the screen. */
const MOST_WATCHED = 5;

export const watching = [
  {
    name: 'Ongoing',
    query: `# What is going on in your queues, the most urgent
# first. A subscription with asOf as its argument
# "after" goes on from exactly here.
query Ongoing($first: Int) {
  ongoingSummary {
    totalCount
    unassignedCount
    attentionCount
    longestWaitingSince
  }
  ongoingConversations(
    first: $first
    orderBy: { field: ATTENTION, direction: DESC }
  ) {
    asOf
    edges {
      node {
        id
        customer { name }
        subject
        channel
        state
        queue { name }
        agent { name }
        waitingSince
        sentiment { level }
        attention { attentionReason since }
      }
    }
  }
}
`,
    fill: () => ({ comment: 'How many to show.', values: { first: 20 } }),
  },
  {
    name: 'LiveList',
    query: `# The list of a desk, kept right: all of it at first,
# then what enters, changes, moves and leaves.
subscription LiveList($queues: [ID!]) {
  ongoingConversationsLive(
    first: 20
    filter: { queueIds: $queues }
    orderBy: { field: ATTENTION, direction: DESC }
  ) {
    ... on OngoingSnapshot {
      cursor
      totalCount
      conversations { ...Row }
    }
    ... on OngoingChanges {
      cursor
      totalCount
      changes {
        __typename
        ... on OngoingEntered {
          index
          conversation { ...Row }
        }
        ... on OngoingUpdated {
          index
          conversation { ...Row }
        }
        ... on OngoingMoved {
          index
          conversation { ...Row }
        }
        ... on OngoingLeft { conversationId leftReason }
      }
    }
  }
}

fragment Row on Conversation {
  id
  state
  customer { name }
  agent { name }
  sentiment { level }
  attention { attentionReason since }
}
`,
    fill: async (ask) => {
      const answer = await ask('{ viewer { scope { queues { id name } } } }');
      const queues = answer.data?.viewer.scope.queues ?? [];
      const names = queues.map(({ name }) => name).join(', ');
      return { comment: `Your queues: ${names}. Fewer show less.`, values: { queues: queues.map(({ id }) => id) } };
    },
  },
  {
    name: 'Counts',
    query: `# How many there are of what, kept right: the newest,
# at most once a second, and only where it differs.
subscription Counts {
  ongoingSummaryLive {
    totalCount
    unassignedCount
    attentionCount
    longestWaitingSince
    byState { state count }
    byQueue { queue { name } count }
    byAgent { agent { name presence } count }
    bySentiment { level count }
  }
}
`,
  },
  {
    name: 'WatchChanges',
    query: `# Whatever happens in these conversations, with each as
# it was right after; without a filter, in all of yours.
subscription WatchChanges($ids: [ID!]) {
  conversationChanges(
    filter: { conversationIds: $ids }
  ) {
    __typename
    ... on ConversationChangeEvent {
      cursor
      committedAt
      actor { kind agent { name } }
      change { __typename }
      conversation {
        id
        customer { name }
        state
        agent { name }
        version
      }
    }
    ... on ConversationLeftScope { cursor conversationId }
  }
}
`,
    fill: async (ask) => {
      // With people at work in them, so that something happens soon.
      const search = { can: ['transfer'], filter: { states: ['ACTIVE'] }, orderBy: BY_SENTIMENT };
      const found = (await findConversations(ask, search)).slice(0, MOST_WATCHED);
      return found.length > 0
        ? { comment: `The angriest: ${describe(found[0])}`, values: { ids: found.map(({ id }) => id) } }
        : { comment: 'Nobody is in conversation now: all that happens.', values: { ids: null } };
    },
  },
  {
    name: 'WatchSentiment',
    query: `# How customers feel, as it changes. It runs on while
# you work in other tabs.
subscription WatchSentiment {
  sentimentChanges {
    cursor
    committedAt
    from
    to
    conversation {
      id
      customer { name }
      subject
      queue { name }
      agent { name }
    }
  }
}
`,
  },
];
