// What one token can make a server hold, and what of it is given back.
//
//   .ci/held
//
// One subject opens many WebSockets with many different subscriptions each: events, sentiment, alerts,
// notifications and live lists, each with a selection of its own, so that nothing is shared. Then customers
// write. Printed is the server's resident memory before, while everything runs, after the messages, and at
// several times after every socket has closed; and how many subscriptions ran and how many were refused, by
// the limit that refused them. Another subject subscribes meanwhile and must be served.

import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { base, callers, data, memory, token } from './lib/server.mjs';

const { hostname, port } = new URL(base);
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const SOCKETS = number('SOCKETS', 100);
const EACH = number('EACH', 50);
const CONVERSATIONS = number('CONVERSATIONS', 3000);
const MESSAGES = number('MESSAGES', 20);
/** Fields that each subscription adds to its selection. */
const FIELDS = number('FIELDS', 20);
/** Seconds after the sockets closed at which the memory is read. */
const AFTER = [1, 10, 75];
/** The most that the memory may be, and may be at the end, in MiB above the start; 0 for any. */
const MOST_MIB = number('MOST_MIB', 0);
const MOST_LEFT_MIB = number('MOST_LEFT_MIB', 0);

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const supervisor = (sub) =>
  token({ sub, roles: ['SUPERVISOR'], queues: '*', permissions: ['conversation:monitor'] });

/** A masked text frame. */
function frame(message) {
  const payload = Buffer.from(JSON.stringify(message));
  const mask = randomBytes(4);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, mask, Buffer.from(payload.map((byte, at) => byte ^ mask[at % 4]))]);
}

/** A client that reads everything and keeps what it was refused, by limit, and how much it got. */
class Client {
  refused = {};
  events = 0;
  bytes = 0;
  #rest = Buffer.alloc(0);
  #upgraded = false;

  constructor(viewer) {
    this.socket = connect({ host: hostname, port });
    this.socket.on('error', () => {});
    this.socket.write(
      `GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    this.socket.write(frame({ type: 'connection_init', payload: { token: viewer } }));
    this.ready = new Promise((done) => (this.acknowledged = done));
    this.socket.on('data', (data) => this.#read(data));
  }

  subscribe(id, query, variables) {
    this.socket.write(frame({ id, type: 'subscribe', payload: { query, variables } }));
  }

  #read(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    if (!this.#upgraded) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#rest = this.#rest.subarray(end + 4);
      this.#upgraded = true;
    }
    for (;;) {
      const short = this.#rest[1] & 127;
      const begin = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#rest.length < begin) return;
      let length = short;
      if (short === 126) length = this.#rest.readUInt16BE(2);
      if (short === 127) length = Number(this.#rest.readBigUInt64BE(2));
      if (this.#rest.length < begin + length) return;
      const payload = this.#rest.subarray(begin, begin + length);
      if ((this.#rest[0] & 15) === 1) this.#message(JSON.parse(payload.toString()), length);
      this.#rest = this.#rest.subarray(begin + length);
    }
  }

  #message(message, length) {
    if (message.type === 'connection_ack') this.acknowledged();
    if (message.type === 'next') this.events += 1;
    this.bytes += length;
    if (message.type !== 'error') return;
    const { code, limit } = message.payload[0].extensions;
    const why = limit ?? code;
    this.refused[why] = (this.refused[why] ?? 0) + 1;
  }
}

const more = (made, fields = FIELDS) =>
  Array.from({ length: fields }, (_, field) => `f${made}_${field}: subject`).join(' ');
const CONVERSATION = 'id state version channel queue { id name } agent { id name } customer { id name } ';

/** The subscription of this number; no two are the same. */
function subscription(made) {
  const shown = `conversation { ${CONVERSATION} ${more(made)} }`;
  switch (made % 5) {
    case 0: {
      // It is written four times, and aliases have a limit.
      const fields = `${CONVERSATION} ${more(made, Math.ceil(FIELDS / 4))}`;
      return `subscription { ongoingConversationsLive(first: ${10 + (made % 40)}) {
        ... on OngoingSnapshot { cursor snapshotReason totalCount conversations { ${fields} } }
        ... on OngoingChanges { cursor totalCount changes {
          ... on OngoingEntered { index conversation { ${fields} } }
          ... on OngoingUpdated { index conversation { ${fields} } }
          ... on OngoingMoved { index conversation { ${fields} } } } } } }`;
    }
    case 1:
      return `subscription { sentimentChanges { cursor ${shown} } }`;
    case 2:
      return `subscription { sentimentAlerts { cursor ${shown} } }`;
    case 3:
      return `subscription { notifications { cursor ${shown} } }`;
    default:
      return `subscription { conversationChanges { ... on ConversationChangeEvent { cursor ${shown} } } }`;
  }
}

/** Starts conversations, and gives back some of their ids. */
async function conversations() {
  const { queues, workstreams } = await data(
    '{ queues(first: 50) { edges { node { id kind } } } workstreams(first: 50) { edges { node { id kind } } } }',
    callers.administrator,
  );
  const of = (list) => list.edges.find(({ node }) => node.kind === 'MESSAGING').node.id;
  const input = `{ channel: WHATSAPP, queueId: "${of(queues)}", workstreamId: "${of(workstreams)}" }`;
  const one = (at) => `c${at}: startConversation(input: ${input}) { conversation { id } errors { code message } }`;
  const twenty = `mutation { ${Array.from({ length: 20 }, (_, at) => one(at)).join(' ')} }`;
  const ids = [];
  while (ids.length < CONVERSATIONS) {
    const begun = await data(twenty, callers.gateway);
    for (const { conversation, errors } of Object.values(begun)) {
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      ids.push(conversation.id);
    }
  }
  return ids;
}

/** Resident memory, printed. */
function told(what) {
  const now = memory();
  console.log(`${what}: ${now} MiB`);
  return now;
}

const sum = (clients) => {
  const refused = {};
  for (const client of clients) {
    for (const [why, times] of Object.entries(client.refused)) refused[why] = (refused[why] ?? 0) + times;
  }
  return refused;
};

const ids = await conversations();
await sleep(3000);
const before = told(`before, with ${ids.length} more conversations`);

const viewer = supervisor('held');
const clients = [];
for (let each = 0; each < SOCKETS; each += 1) {
  const client = new Client(viewer);
  await client.ready;
  for (let id = 0; id < EACH; id += 1) client.subscribe(`${id}`, subscription(each * EACH + id));
  clients.push(client);
}
const bystander = new Client(supervisor('bystander'));
await bystander.ready;
bystander.subscribe('1', subscription(4));
bystander.subscribe('2', subscription(0));
await sleep(8000);
let most = told(`${SOCKETS} sockets with ${EACH} subscriptions each`);
console.log('  refused:', JSON.stringify(sum(clients)), 'bystander:', JSON.stringify(bystander.refused));

let got = bystander.events;
for (let made = 0; made < MESSAGES; made += 1) {
  const input = `{ conversationId: "${ids[made]}", text: "This is terrible, I am very angry with you." }`;
  const query = `mutation { receiveCustomerMessage(input: ${input}) { errors { code } } }`;
  await data(query, callers.gateway);
  // Until everybody was told, so that what is measured is what is kept and not what is under way.
  let seen = -1;
  while (seen !== clients.reduce((total, client) => total + client.events, 0)) {
    seen = clients.reduce((total, client) => total + client.events, 0);
    await sleep(500);
    most = Math.max(most, memory());
  }
}
told(`after ${MESSAGES} messages`);
console.log(`  at most: ${most} MiB`);
console.log('  refused:', JSON.stringify(sum(clients)), 'bystander:', JSON.stringify(bystander.refused));
const events = clients.reduce((total, client) => total + client.events, 0);
const bytes = clients.reduce((total, client) => total + client.bytes, 0);
console.log(`  ${events} events, ${(bytes / 1048576).toFixed(0)} MiB delivered`);
got = bystander.events - got;

for (const { socket } of [...clients, bystander]) socket.destroy();
let slept = 0;
let left = 0;
for (const seconds of AFTER) {
  await sleep((seconds - slept) * 1000);
  slept = seconds;
  left = told(`${seconds} s after every socket closed`);
}
const faults = [];
if (got < MESSAGES) faults.push(`the bystander got ${got} events for ${MESSAGES} messages`);
if (MOST_MIB > 0 && most - before > MOST_MIB) faults.push(`it took ${most - before} MiB`);
if (MOST_LEFT_MIB > 0 && left - before > MOST_LEFT_MIB) faults.push(`${left - before} MiB are left`);
for (const fault of faults) console.log(`FOUND ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
