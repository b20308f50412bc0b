// Apollo Client: queries and mutations over HTTP, subscriptions over graphql-ws.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { eachValueFrom } from './observable.mjs';
import { play } from './scenario.mjs';
import { headers, socket, url } from './socket.mjs';

const ws = socket();
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(ws),
    new HttpLink({ uri: url, headers }),
  ),
  defaultOptions: { query: { fetchPolicy: 'network-only' } },
});
await play({
  name: 'Apollo Client',
  query: (text, variables) => {
    const document = gql(text);
    return document.definitions[0].operation === 'mutation'
      ? client.mutate({ mutation: document, variables })
      : client.query({ query: document, variables });
  },
  subscribe: (text, variables) =>
    eachValueFrom(client.subscribe({ query: gql(text), variables, fetchPolicy: 'no-cache' }), ({ data, error }) => ({
      data,
      errors: error,
    })),
  close: () => ws.dispose(),
});
