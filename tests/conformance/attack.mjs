// Connections that do harm, all at once, and what honest clients notice of them.
//
//   .ci/attack
//
// Each attack is bounded in count and time and goes to BASE_URL only, which is to be this machine.
// Honest clients ask the ongoing view before, during each attack and after; p50 and p99 are printed,
// with the server's resident memory. It fails when honest clients are refused, wait too long, or the
// memory is beyond the bound.

import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { base, callers, memory, send, token } from './lib/server.mjs';

const { hostname, port } = new URL(base);
if (hostname !== '127.0.0.1') throw new Error('Only this machine is attacked.');

const SILENT = Number(process.env.SILENT ?? 2000);
const UNREAD = Number(process.env.UNREAD ?? 2000);
const SLOW = Number(process.env.SLOW ?? 500);
/** How long honest clients measure under each attack. */
const SPAN_MS = Number(process.env.SPAN_MS ?? 12000);
const HONEST = 4;
const MOST_MIB = Number(process.env.MOST_MIB ?? 1024);
const MOST_P99_MS = Number(process.env.MOST_P99_MS ?? 5000);

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const faults = [];

/** Asks the ongoing view for a while; prints and returns what it took. */
async function honest(title) {
  const query = '{ ongoingConversations(first: 25) { totalCount edges { node { id state } } } }';
  const body = JSON.stringify({ query });
  const end = performance.now() + SPAN_MS;
  const times = [];
  let failed = 0;
  let most = 0;
  const client = async () => {
    while (performance.now() < end) {
      try {
        const { status, ms } = await send(body, { as: callers.supervisor });
        times.push(ms);
        if (status === 429) failed += 1;
        else if (status !== 200) throw new Error(`status ${status}`);
      } catch (error) {
        failed += 1;
        faults.push(`${title}: an honest client failed: ${error}`);
      }
      most = Math.max(most, memory() ?? 0);
      await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: HONEST }, client));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  console.log(
    `${title}: ${times.length} honest requests, ${failed} refused, p50 ${at(0.5).toFixed(1)} ms, ` +
      `p99 ${at(0.99).toFixed(1)} ms, resident memory ${most} MiB at most`,
  );
  if (at(0.99) > MOST_P99_MS) faults.push(`${title}: p99 is above ${MOST_P99_MS} ms`);
  if (most > MOST_MIB) faults.push(`${title}: memory is above ${MOST_MIB} MiB`);
}

/** A connection that reports how it ended. */
function open(begin) {
  const socket = connect({ host: hostname, port });
  const state = { socket, ended: false };
  socket.on('error', () => {});
  socket.on('close', () => (state.ended = true));
  socket.on('connect', () => begin(socket));
  return state;
}

const handshake = () =>
  `GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
  'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';

/** A masked text frame. */
function frame(message) {
  const payload = Buffer.from(JSON.stringify(message));
  const mask = randomBytes(4);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ mask[index % 4]));
  return Buffer.concat([head, mask, masked]);
}

const post = (headers) =>
  `POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${callers.supervisor}\r\n` +
  `Content-Type: application/json\r\n${headers}\r\n`;

/** Keeps bringing a byte of something that never ends. */
function dripping(first, drop) {
  return open((socket) => {
    socket.write(first);
    const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(drop)), 1000);
    socket.on('close', () => clearInterval(timer));
  });
}

async function held(title, count, one) {
  const connections = [];
  for (let made = 0; made < count; made += 1) {
    connections.push(one(made));
    if (made % 100 === 99) await sleep(50);
  }
  await honest(`${count} ${title}`);
  const ended = connections.filter((each) => each.ended).length;
  console.log(`  ${ended} of ${count} were told to go or closed by the server meanwhile`);
  for (const { socket } of connections) socket.destroy();
  await sleep(500);
}

/** What one request is answered with, as status and code. */
async function refused(title, body, expected) {
  const { status, text, ms } = await send(body, { as: callers.supervisor });
  const code = JSON.parse(text).errors?.[0]?.extensions?.code;
  console.log(`${title}: ${status} ${code} in ${ms.toFixed(1)} ms`);
  if (`${status} ${code}` !== expected) faults.push(`${title}: ${status} ${code}, expected ${expected}`);
}

await honest('before');

await held('connections that never send connection_init', SILENT, () =>
  open((socket) => {
    socket.write(handshake());
    // Reads on, so that it learns when it is told to go: a close frame.
    socket.on('data', (data) => data[0] === 0x88 && socket.end());
  }),
);

// Thirty subscribers to a viewer, so that no limit per viewer is what stops them.
await held('web sockets that subscribe and never read', UNREAD, (made) =>
  open((socket) => {
    const viewer = token({
      sub: `crowd-${Math.floor(made / 30)}`,
      roles: ['SUPERVISOR'],
      queues: '*',
      permissions: ['conversation:monitor'],
    });
    socket.write(handshake());
    socket.once('data', () => {
      socket.pause();
      socket.write(frame({ type: 'connection_init', payload: { authorization: `Bearer ${viewer}` } }));
      const query =
        'subscription { conversationChanges { cursor conversation { id state version queue { name } ' +
        'participants { role } viewerCan { monitor { allowed } } } } }';
      for (const id of ['1', '2', '3']) socket.write(frame({ id, type: 'subscribe', payload: { query } }));
    });
  }),
);

await held('requests whose head never ends', SLOW, () =>
  dripping(`GET /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-Slow: `, 'x'),
);
await held('bodies that never end', SLOW, () => dripping(`${post('Content-Length: 200000\r\n')}{"query":"`, ' '));

// Asks for more than the network holds, and takes nothing; without a token.
const GREEDY = 200;
const greedy = [];
await held('connections that ask and ask and never read', GREEDY, () => {
  const state = open((socket) => {
    socket.pause();
    socket.write(`GET /metrics HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`.repeat(2000));
  });
  greedy.push(state);
  // Seen by reading on: whoever was not ended gets the rest.
  return {
    socket: { destroy: () => {} },
    get ended() {
      return state.ended;
    },
  };
});
await sleep(25_000);
for (const { socket } of greedy) socket.resume();
await sleep(5_000);
const kept = greedy.filter((each) => !each.ended).length;
console.log(`  ${kept} of ${GREEDY} that took nothing were kept`);
if (kept > 0) faults.push(`${kept} connections that took nothing of their answers were kept`);
for (const { socket } of greedy) socket.destroy();

await held('bodies of 100 MB, declared', 20, () =>
  open((socket) => {
    socket.write(post('Content-Length: 104857600\r\n'));
    pour(socket, 104857600);
  }),
);
await held('bodies of 100 MB, in chunks', 20, () =>
  open((socket) => {
    socket.write(post('Transfer-Encoding: chunked\r\n'));
    pour(socket, 104857600, true);
  }),
);

/** Writes so many bytes as fast as they are taken. */
function pour(socket, total, chunked = false) {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const part = chunked ? Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]) : piece;
  let left = total;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left -= piece.length;
      if (!socket.write(part)) return socket.once('drain', more);
    }
  };
  more();
}

const aliases = Array.from({ length: 300 }, (_, index) => `a${index}: viewer { subject }`).join(' ');
await refused('300 aliases', JSON.stringify({ query: `{ ${aliases} }` }), '400 LIMIT_EXCEEDED');
const deep = (left, right) => left.repeat(10_000) + right.repeat(10_000);
await refused('10,000 brackets deep', JSON.stringify({ query: deep('{a', '}') }), '400 LIMIT_EXCEEDED');
await refused('10,000 lists deep', JSON.stringify({ query: `{ a(b: ${deep('[', ']')}) }` }), '400 LIMIT_EXCEEDED');
await refused(
  'variables 10,000 deep',
  `{"query":"{ __typename }","variables":{"a":${deep('[', ']')}}}`,
  '400 INVALID_INPUT',
);
await refused('a JSON body 10,000 deep', deep('[', ']'), '400 INVALID_INPUT');

await honest('after');
for (const fault of faults.slice(0, 20)) console.log(`FOUND ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
