// urql: queries and mutations over HTTP, subscriptions over graphql-ws.
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { subscribe } from 'wonka';
import { eachValueFrom } from './observable.mjs';
import { play } from './scenario.mjs';
import { headers, socket, url } from './socket.mjs';

const ws = socket();
const client = new Client({
  url,
  preferGetMethod: false,
  fetchOptions: { headers },
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({ unsubscribe: ws.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});
await play({
  name: 'urql',
  query: (text, variables) =>
    (text.startsWith('mutation') ? client.mutation(text, variables) : client.query(text, variables)).toPromise(),
  subscribe: (text, variables) =>
    eachValueFrom(
      { subscribe: ({ next }) => subscribe(next)(client.subscription(text, variables)) },
      ({ data, error }) => ({ data, errors: error }),
    ),
  close: () => ws.dispose(),
});
