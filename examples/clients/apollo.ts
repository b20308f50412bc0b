// Apollo Client over regie-client: queries and fragments in its normalised cache, which needs `possibleTypes`; subscriptions
// past every cut, both by the newest token. The live list itself is `liveList` of the package: a cache does not know its order.
import { ApolloClient, ApolloLink, InMemoryCache, Observable } from '@apollo/client';
import { print } from 'graphql';
import { type Connection, observe, possibleTypes } from 'regie-client';

export const apolloClient = (connection: Connection) =>
  new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: new ApolloLink(
      ({ query, variables }) =>
        new Observable((sink) =>
          observe(connection, print(query), variables, {
            next: (result) => sink.next(result as ApolloLink.Result),
            error: (error) => sink.error(error),
            complete: () => sink.complete(),
          }),
        ),
    ),
  });
