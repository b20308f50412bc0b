// urql over regie-client: queries into its cache if you add one, subscriptions past every cut, both by the newest token.
// The live list itself is `liveList` of the package: a cache does not know its order.
import { Client, subscriptionExchange } from '@urql/core';
import { type Connection, observe } from 'regie-client';

export const urqlClient = (connection: Connection) =>
  new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        enableAllOperations: true,
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: observe(connection, query, { ...variables }, {
              next: ({ data, errors }) => sink.next({ data: data ?? undefined, errors: errors as never }),
              error: sink.error,
              complete: sink.complete,
            }),
          }),
        }),
      }),
    ],
  });
