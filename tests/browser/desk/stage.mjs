// The people and conversations of the test, made through the API as anybody would.
import { caller } from './server.mjs';

const ERRORS = 'errors { code message path }';

/** Whatever else somebody does: the mutation, its input, and what to ask of the payload. */
const actor = (ask) => (mutation, input, fields = '', type = `${mutation[0].toUpperCase()}${mutation.slice(1)}Input`) => {
  return ask(`mutation($input: ${type}!) { ${mutation}(input: $input) { ${fields} ${ERRORS} } }`, { input });
};

export async function stage(regie) {
  const admin = caller(regie.url, regie.token('admin', 'administrator'));
  const gateway = caller(regie.url, regie.token('gateway', 'gateway', '--channels', '*'));
  const on = { supervisorMonitor: true, supervisorAssign: true, supervisorTransfer: true, supervisorForceClose: true, supervisorTakeOver: true };
  await admin(`mutation($input: UpdateSupervisorSettingsInput!) { updateSupervisorSettings(input: $input) { ${ERRORS} } }`, {
    input: on,
  });
  const places = await admin('{ queues(first: 10) { edges { node { id name kind } } } }');
  const workstreams = await admin('{ workstreams(first: 10) { edges { node { id kind } } } }');
  const messaging = (list) => list.edges.map((edge) => edge.node).find((node) => node.kind === 'MESSAGING');
  const queueId = messaging(places).id;
  const workstreamId = messaging(workstreams).id;
  await admin(`mutation($input: CreateQueueInput!) { createQueue(input: $input) { ${ERRORS} } }`, {
    input: { name: 'Complaints' },
  });

  const agent = async (subject, name, presence, capacity = 5, queueIds = [queueId]) => {
    const made = await admin(`mutation($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } ${ERRORS} } }`, {
      input: { subject, name, capacity, queueIds },
    });
    const ask = caller(regie.url, regie.token(subject, 'agent'));
    await ask(`mutation($input: SetPresenceInput!) { setPresence(input: $input) { ${ERRORS} } }`, { input: { presence } });
    return {
      id: made.agent.id,
      accept: (conversationId) =>
        ask(`mutation($input: AcceptOfferInput!) { acceptOffer(input: $input) { ${ERRORS} } }`, {
          input: { conversationId },
        }),
      pick: (conversationId) =>
        ask(`mutation($input: PickConversationInput!) { pickConversation(input: $input) { ${ERRORS} } }`, {
          input: { conversationId },
        }),
      write: (conversationId, text) =>
        ask(`mutation($input: SendMessageInput!) { sendMessage(input: $input) { ${ERRORS} } }`, {
          input: { conversationId, text },
        }),
      act: actor(ask),
    };
  };

  return {
    agents: {
      sanne: await agent('sanne', 'Sanne de Vries', 'AVAILABLE'),
      oliver: await agent('oliver', 'Oliver Bennett', 'BUSY'),
      away: await agent('fleur', 'Fleur Mulder', 'AWAY'),
      full: await agent('noah', 'Noah Peters', 'AVAILABLE', 0),
      lead: await agent('petra', 'Petra Kok', 'OFFLINE', 5, []),
    },
    queueId,
    workstreamId,
    admin: actor(admin),
    gateway: actor(gateway),
    async start(name, subject, labels = {}) {
      const input = {
        ...labels,
        channel: 'WHATSAPP',
        queueId,
        workstreamId,
        subject,
        customer: { name },
        noticeGivenAt: new Date().toISOString(),
      };
      const made = await gateway(
        `mutation($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } ${ERRORS} } }`,
        { input },
      );
      return made.conversation.id;
    },
    say: (conversationId, text) =>
      gateway(`mutation($input: ReceiveCustomerMessageInput!) { receiveCustomerMessage(input: $input) { ${ERRORS} } }`, {
        input: { conversationId, text },
      }),
  };
}
