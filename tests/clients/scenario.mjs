// What every client must be able to do: query, mutate safely twice, be refused with a code, follow
// what changes without a gap, and go on after a break exactly where it was.
//
// A client under test is `{ name, query(text, variables), subscribe(text, variables), close() }`;
// `subscribe` answers with an async iterator over results `{ data, errors }`.
import assert from 'node:assert/strict';
import { open, write } from './floor.mjs';

const ONGOING = `query Ongoing { ongoingConversations(first: 100) { asOf edges { node { id state customer { name } } } } }`;
const ASSIGN = `mutation Assign($id: ID!, $agent: ID!, $key: String) {
  assignConversation(input: { conversationId: $id, target: { agentId: $agent }, idempotencyKey: $key }) {
    errors { __typename code message path }
  }
}`;
const CLOSE = `mutation Close($id: ID!, $key: String) {
  forceCloseConversation(input: { conversationId: $id, reason: "a test", idempotencyKey: $key }) {
    conversation { state statusReason version } asOf errors { code message }
  }
}`;
export const CHANGES = `subscription Changes($after: LogCursor) {
  conversationChanges(after: $after) {
    ... on ConversationChangeEvent {
      cursor change { __typename ... on MessagePosted { messageId } } conversation { id state }
    }
  }
}`;

const posted = ({ change }) => change.__typename === 'MessagePosted';

/** The next event about this conversation that is wanted: a message, if nothing else is said. */
export async function next(events, conversation, wanted = posted) {
  for (;;) {
    const { value, done } = await within(30_000, events.next());
    assert(!done, 'the subscription ended');
    assert.equal(value.errors, undefined, JSON.stringify(value.errors));
    const event = value.data.conversationChanges;
    if (event.conversation?.id === conversation && wanted(event)) return event;
  }
}

export function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function play(client) {
  const conversation = await open();

  const ongoing = (await client.query(ONGOING, {})).data.ongoingConversations;
  const shown = ongoing.edges.map(({ node }) => node).find(({ id }) => id === conversation);
  assert.equal(shown.state, 'OPEN');
  assert.equal(shown.customer.name, 'Noor');

  // From the query's position on: nothing missed, nothing twice, though the messages came first.
  const messages = [await write(conversation, 'Where is my order?'), await write(conversation, 'It is order 4711.')];
  let events = client.subscribe(CHANGES, { after: ongoing.asOf });
  let last;
  for (const message of messages) {
    last = await next(events, conversation);
    assert.equal(last.change.messageId, message);
  }

  // Broken off, and gone on with: only what came between.
  await events.return?.();
  messages.push(await write(conversation, 'I ordered it on Monday.'), await write(conversation, 'My name is Noor.'));
  events = client.subscribe(CHANGES, { after: last.cursor });
  for (const message of messages.slice(2)) {
    last = await next(events, conversation);
    assert.equal(last.change.messageId, message);
  }

  // A refusal is data, with a code: supervisors may not assign until the organisation lets them.
  const nobody = 'agent_00000000000070008000000000000000';
  const refused = await client.query(ASSIGN, { id: conversation, agent: nobody, key: null });
  assert.deepEqual(
    refused.data.assignConversation.errors.map(({ code }) => code),
    ['SETTING_DISABLED'],
  );

  // Sent twice, done once.
  const closing = { id: conversation, key: `${client.name}-close-${conversation}` };
  const once = (await client.query(CLOSE, closing)).data.forceCloseConversation;
  const again = (await client.query(CLOSE, closing)).data.forceCloseConversation;
  assert.deepEqual(once.errors, []);
  assert.equal(once.conversation.statusReason, 'FORCE_CLOSED_BY_SUPERVISOR');
  assert.equal(again.asOf, once.asOf, 'a repeat is answered from the first outcome');
  last = await next(events, conversation, ({ conversation }) => conversation.state === 'CLOSED');
  assert.equal(last.cursor, once.asOf, 'a command answers with the cursor of its last event');
  await events.return?.();
  await client.close();
  console.log(`${client.name}: query, mutation, refusal, subscription and resume`);
}
