// Puts the page together: one session, one bar, one GraphiQL that follows the session.
import { showBar } from './bar.js';
import { createFetcher } from './fetcher.js';
import { createSession } from './session.js';
import { tabStorage } from './storage.js';
import { tabs } from './tabs.js';

/** Starts the page with the libraries of either entry. */
export function start({ GraphiQL, createClient, createElement, createRoot, parse }) {
  const session = createSession();
  const bar = showBar(session);
  const root = createRoot(document.getElementById('graphiql'));
  let fetcher;

  const render = () => {
    fetcher?.close();
    fetcher = createFetcher({ token: session.token, createClient, parse, bar });
    root.render(
      createElement(GraphiQL, {
        // A new fetcher makes GraphiQL read the schema again, as the new viewer.
        fetcher: fetcher.fetch,
        defaultTabs: tabs,
        storage: tabStorage,
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
        inputValueDeprecation: true,
        schemaDescription: true,
        defaultEditorToolsVisibility: false,
      }),
    );
  };
  session.onChange(render);
  render();
}
