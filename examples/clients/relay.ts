// Relay over regie-client: one network for queries, mutations and subscriptions, past every cut and by the newest token.
// The live list itself is `liveList` of the package: a store does not know its order. docs/codegen.md has the scalars.
import relay, { type RequestParameters, type Variables } from 'relay-runtime';
import { type Connection, observe } from 'regie-client';

export function relayEnvironment(connection: Connection) {
  const execute = ({ text }: RequestParameters, variables: Variables) =>
    relay.Observable.create<relay.GraphQLResponse>((sink) =>
      observe(connection, text ?? '', variables, {
        next: ({ data, errors }) => {
          if (data) sink.next({ data });
          else sink.error(Object.assign(new Error(errors?.[0]?.message), { errors }));
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      }),
    );
  return new relay.Environment({
    network: relay.Network.create(execute, execute),
    store: new relay.Store(new relay.RecordSource()),
  });
}
