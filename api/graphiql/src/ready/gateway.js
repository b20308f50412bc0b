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
    name: 'Start',
    query: `# A customer makes contact. Notice of monitoring is what
# the operator owes them.
mutation Start(
  $channel: Channel!
  $queue: ID!
  $workstream: ID!
  $noticeGivenAt: DateTime
) {
  startConversation(input: {
    channel: $channel
    queueId: $queue
    workstreamId: $workstream
    customer: { name: "Noor van Dijk" }
    subject: "Started in GraphiQL"
    noticeGivenAt: $noticeGivenAt
  }) {
    conversation { id state queue { name } }
    errors { code message path }
  }
}
`,
    fill: async (ask) => {
      const found = await findConversation(ask, { filter: { channels: ['LIVE_CHAT', 'WHATSAPP'] } });
      const noticeGivenAt = new Date().toISOString();
      if (!found) {
        const values = { channel: 'LIVE_CHAT', noticeGivenAt };
        return { comment: 'No conversation to take queue and workstream from: their ids are missing.', values };
      }
      const { channel, queue, workstream } = found;
      const values = { channel, queue: queue.id, workstream: workstream.id, noticeGivenAt };
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
];
