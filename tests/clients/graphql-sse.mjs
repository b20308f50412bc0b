// graphql-sse in distinct connections mode: every operation is an event stream of its own.
import { createClient } from 'graphql-sse';
import { play } from './scenario.mjs';
import { headers, url } from './socket.mjs';

const client = createClient({ url, headers, singleConnection: false });
await play({
  name: 'graphql-sse',
  query: async (query, variables) => (await client.iterate({ query, variables }).next()).value,
  subscribe: (query, variables) => client.iterate({ query, variables }),
  close: () => client.dispose(),
});
