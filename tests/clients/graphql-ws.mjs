// graphql-ws alone: every operation over one WebSocket; and a connection that is cut under it.
import assert from 'node:assert/strict';
import { CHANGES, next, play } from './scenario.mjs';
import { open, write } from './floor.mjs';
import { socket } from './socket.mjs';

const client = socket();
await play({
  name: 'graphql-ws',
  query: async (query, variables) => (await client.iterate({ query, variables }).next()).value,
  subscribe: (query, variables) => client.iterate({ query, variables }),
  close: () => client.dispose(),
});

// When the connection is lost, graphql-ws connects again and sends the same operation again. Its
// variables are read then: with `after` kept at the last cursor, it goes on exactly there.
let connections = 0;
const cut = socket({ shouldRetry: () => true, retryWait: async () => {}, on: { connected: () => (connections += 1) } });
const conversation = await open();
const variables = { after: undefined };
const first = await cut.iterate({ query: '{ ongoingConversations { asOf } }' }).next();
variables.after = first.value.data.ongoingConversations.asOf;
const events = cut.iterate({ query: CHANGES, variables });
const written = [];
const seen = [];
for (let round = 0; round < 5; round += 1) {
  written.push(await write(conversation, `Round ${round}, before the cut`));
  const event = await next(events, conversation);
  variables.after = event.cursor;
  seen.push(event.change.messageId);
  cut.terminate();
  written.push(await write(conversation, `Round ${round}, while it is cut`));
  const missed = await next(events, conversation);
  variables.after = missed.cursor;
  seen.push(missed.change.messageId);
}
assert.deepEqual(seen, written);
assert(connections > 5, `${connections} connections`);
await events.return();
await cut.dispose();
console.log(`graphql-ws: cut five times, ${seen.length} of ${written.length} events, each once`);
