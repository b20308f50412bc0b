// What a channel's gateway does: bring customers and their messages, and carry replies to them.

import { describe, findConversation } from './fill.js';

export const gateway = [
  {
    name: 'Outbox',
    query: `# What to send to the customers of your channels,
# resumable: no reply is lost.
subscription Outbox {
  notifications {
    __typename
    cursor
    conversationId
    ... on MessageNotice { message { author text } }
  }
}
`,
  },
  {
    name: 'Receive',
    query: `# A customer wrote, wherever it belongs: to a conversation
# that is ongoing, or to one that starts. Run it twice: the
# second is the duplicate.
mutation Receive(
  $channel: Channel!
  $queue: ID!
  $workstream: ID!
  $key: String!
  $externalId: String!
  $noticeGivenAt: DateTime
) {
  receiveFromCustomer(input: {
    channel: $channel
    queueId: $queue
    workstreamId: $workstream
    customer: { key: $key, name: "Noor van Dijk" }
    externalId: $externalId
    text: "Where is my order?"
    noticeGivenAt: $noticeGivenAt
  }) {
    conversation { id state queue { name } }
    messageId
    started
    duplicate
    errors { code message path }
  }
}
`,
    fill: async (ask) => {
      const found = await findConversation(ask, { filter: { channels: ['LIVE_CHAT', 'WHATSAPP'] } });
      const now = new Date().toISOString();
      const own = { key: 'graphiql', externalId: `graphiql-${now}`, noticeGivenAt: now };
      if (!found) {
        const values = { channel: 'LIVE_CHAT', ...own };
        return { comment: 'No conversation to take queue and workstream from: their ids are missing.', values };
      }
      const { channel, queue, workstream } = found;
      const values = { channel, queue: queue.id, workstream: workstream.id, ...own };
      return { comment: `Queue and workstream of: ${describe(found)}`, values };
    },
  },
  {
    name: 'CustomerWrites',
    query: `# A customer writes. Sentiment is scored from it at once.
mutation CustomerWrites(
  $id: ID!
  $text: String!
) {
  receiveCustomerMessage(input: {
    conversationId: $id
    text: $text
  }) {
    messageId
    conversation { state sentiment { level } }
    errors { code message }
  }
}
`,
    fill: async (ask) => {
      const found = await findConversation(ask, { filter: { channels: ['LIVE_CHAT', 'WHATSAPP', 'SMS'] } });
      const text = 'This is terrible. I am very angry and want to speak to somebody else.';
      return found
        ? { comment: describe(found), values: { id: found.id, text } }
        : { comment: 'Nobody is in contact now.', values: { text } };
    },
  },
  {
    name: 'Edit',
    query: `# The customer edited their last message. Remove it with
# removeCustomerMessage, react with reactToMessage.
mutation Edit(
  $message: ID!
  $text: String!
) {
  editCustomerMessage(input: {
    message: { messageId: $message }
    text: $text
  }) {
    applied
    conversation { sentiment { level } }
    errors { code message }
  }
}
`,
    fill: async (ask) => {
      const text = 'Thank you, it is all right now.';
      const found = await lastMessage(ask, (author) => author === 'CUSTOMER');
      return found
        ? { comment: describe(found.conversation), values: { message: found.message.id, text } }
        : { comment: 'No customer has written.', values: { text } };
    },
  },
  {
    name: 'Delivery',
    query: `# How far a reply came: SENT, DELIVERED, READ or FAILED.
mutation Delivery(
  $message: ID!
  $state: DeliveryState!
) {
  recordDelivery(input: {
    message: { messageId: $message }
    state: $state
  }) {
    applied
    conversation { attention { attentionReason } }
    errors { code message }
  }
}
`,
    fill: async (ask) => {
      const values = { state: 'DELIVERED' };
      const found = await lastMessage(ask, (author) => author !== 'CUSTOMER');
      return found
        ? { comment: describe(found.conversation), values: { message: found.message.id, ...values } }
        : { comment: 'Nobody has answered a customer.', values };
    },
  },
];

/** The newest message of such an author in the first conversations that have one. */
async function lastMessage(ask, isTheirs) {
  const answer = await ask(`{ ongoingConversations(first: 20, filter: { channels: [LIVE_CHAT, WHATSAPP, SMS] }) { nodes {
    id state channel subject customer { name } queue { name } transcript(last: 10) { nodes { id author } } } } }`);
  for (const conversation of answer.data?.ongoingConversations.nodes ?? []) {
    const theirs = (conversation.transcript?.nodes ?? []).filter((message) => isTheirs(message.author));
    if (theirs.length > 0) {
      return { conversation, message: theirs[theirs.length - 1] };
    }
  }
  return undefined;
}
