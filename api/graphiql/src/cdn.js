// Entry of the fallback page: GraphiQL, React and graphql-ws were loaded as pinned scripts.
import { start } from './start.js';

const { GraphiQL, React, ReactDOM, graphqlWs } = globalThis;
if (GraphiQL && React && ReactDOM && graphqlWs) {
  start({
    GraphiQL,
    createClient: graphqlWs.createClient,
    createElement: React.createElement,
    createRoot: ReactDOM.createRoot,
    parse: GraphiQL.GraphQL.parse,
  });
} else {
  document.querySelector('.regie-loading').textContent =
    'GraphiQL could not be loaded from the internet. Build the server where npm is found, and it brings its own.';
}
