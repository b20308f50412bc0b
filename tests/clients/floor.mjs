// A small organisation made through the API by plain requests: what the clients under test look at.

const { BASE_URL, ADMINISTRATOR, GATEWAY } = process.env;

async function ask(token, query, variables) {
  const response = await fetch(`${BASE_URL}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = await response.json();
  const refused = errors ?? Object.values(data).flatMap((payload) => payload.errors ?? []);
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
  return data;
}

/** A queue, a workstream, and supervisors who may force-close; answers with a conversation that waits there. */
export async function open() {
  const { createQueue, createWorkstream } = await ask(
    ADMINISTRATOR,
    `mutation {
      createQueue(input: { name: "Orders" }) { queue { id } errors { code message } }
      createWorkstream(input: { name: "Chat" }) { workstream { id } errors { code message } }
      updateSupervisorSettings(input: { supervisorForceClose: true }) { errors { code message } }
    }`,
  );
  const input = {
    channel: 'LIVE_CHAT',
    queueId: createQueue.queue.id,
    workstreamId: createWorkstream.workstream.id,
    customer: { name: 'Noor' },
  };
  const { startConversation } = await ask(
    GATEWAY,
    `mutation Start($input: StartConversationInput!) {
      startConversation(input: $input) { conversation { id } errors { code message } }
    }`,
    { input },
  );
  return startConversation.conversation.id;
}

/** The customer writes; answers with the message's id. */
export async function write(conversationId, text) {
  const { receiveCustomerMessage } = await ask(
    GATEWAY,
    `mutation Write($input: ReceiveCustomerMessageInput!) {
      receiveCustomerMessage(input: $input) { messageId errors { code message } }
    }`,
    { input: { conversationId, text } },
  );
  return receiveCustomerMessage.messageId;
}
