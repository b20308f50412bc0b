// Each example before a demo (BASE_URL, JWT_SECRET): a query, a refusal of the request, and events as they happen.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { gql } from '@apollo/client';
import { connect, liveList } from 'regie-client';
import WebSocket from 'ws';
import { apolloClient } from './apollo.js';
import { relayEnvironment } from './relay.js';
import { urqlClient } from './urql.js';

const { BASE_URL = '', JWT_SECRET = '' } = process.env;
assert.ok(BASE_URL && JWT_SECRET, 'run this by .ci/served');
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'ingrid', roles: ['SUPERVISOR'], queues: '*', exp: Math.floor(Date.now() / 1000) + 3600 };
const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
const token = `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
const connection = connect({ url: `${BASE_URL}/graphql`, token: () => token, webSocketImpl: WebSocket });
const ME = 'query Me { viewer { subject } }';
const REFUSED = 'query Refused { agents(first: 101) { nodes { id } } }';
const CHANGES = `subscription Changes($after: LogCursor) {
  conversationChanges(after: $after) { ... on ConversationChangeEvent { cursor conversation { id state } } }
}`;
const timeout = setTimeout(() => assert.fail('nothing came within a minute'), 60_000);
type Me = { viewer: { subject: string } };
const cursorOf = (data: unknown) => assert.ok((data as { conversationChanges: { cursor: string } }).conversationChanges.cursor);

const urql = urqlClient(connection);
assert.equal((await urql.query<Me>(ME, {}).toPromise()).data?.viewer.subject, 'ingrid');
assert.equal((await urql.query(REFUSED, {}).toPromise()).error?.graphQLErrors[0]?.extensions.code, 'LIMIT_EXCEEDED');
await new Promise<void>((done) => {
  const { unsubscribe } = urql.subscription(CHANGES, {}).subscribe(({ data }) => {
    cursorOf(data);
    queueMicrotask(() => unsubscribe());
    done();
  });
});
console.log('urql: a query, an error, an event');

const apollo = apolloClient(connection);
assert.equal((await apollo.query<Me>({ query: gql(ME) })).data?.viewer.subject, 'ingrid');
await assert.rejects(apollo.query({ query: gql(REFUSED) }));
await new Promise<void>((done) => {
  const running = apollo.subscribe({ query: gql(CHANGES), fetchPolicy: 'no-cache' }).subscribe(({ data }) => {
    cursorOf(data);
    queueMicrotask(() => running.unsubscribe());
    done();
  });
});
console.log('Apollo: a query, an error, an event');

const relay = relayEnvironment(connection).getNetwork();
const ask = (operationKind: 'query' | 'subscription', text: string) =>
  relay.execute({ name: 'it', text, operationKind, id: null, cacheID: text, metadata: {} }, {}, {}, null);
assert.equal(((await ask('query', ME).toPromise()) as { data: Me }).data.viewer.subject, 'ingrid');
await assert.rejects(ask('query', REFUSED).toPromise());
await new Promise<void>((done, fail) => {
  const running = ask('subscription', CHANGES).subscribe({
    next: (result) => {
      cursorOf((result as { data: unknown }).data);
      queueMicrotask(() => running.unsubscribe());
      done();
    },
    error: fail,
  });
});
console.log('Relay: a query, an error, an event');

type Data = { ongoingConversationsLive: { conversations: { id: string; state: string }[] } };
const DESK = `subscription Desk($first: Int, $after: LogCursor) {
  ongoingConversationsLive(first: $first, after: $after) {
    ... on OngoingSnapshot { cursor totalCount conversations { id state } }
    ... on OngoingChanges { cursor totalCount changes {
      ... on OngoingEntered { index conversation { id state } }
      ... on OngoingUpdated { index conversation { id state } }
      ... on OngoingMoved { index conversation { id state } }
      ... on OngoingLeft { conversationId }
    } }
  }
}`;
const list = liveList<Data, { first: number }>(connection, DESK, { first: 20 });
await new Promise<void>((done) => list.subscribe(() => done()));
assert.ok((list.get().list?.rows.length ?? 0) > 0);
console.log(`regie-client: a live list of ${list.get().list?.rows.length} of ${list.get().list?.totalCount}`);
clearTimeout(timeout);
connection.close();
