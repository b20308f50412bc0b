// GraphiQL, with the page's own subscriptions behind it and ready tabs that fill themselves in.

import { GraphiQL } from 'graphiql';
import { ToolbarButton, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import { choose } from './live/document.js';
import { declared, variablesText } from './ready/fill.js';
import { readyTab, readyTabs } from './ready/index.js';
import { post } from './request.js';
import { storageOf } from './storage.js';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = WORKERS[label] ?? WORKERS.editor;
    return new Worker(new URL(name, import.meta.url), { type: 'module', name: label });
  },
};

/** Opens GraphiQL for who is signed in. */
export function openDesk({ session, account, live }) {
  const ask = (query, variables) => post({ query, variables }, session.token, account.refuse);
  const ready = readyTabs(session.claims.roles);
  const storage = storageOf(session.claims.sub);
  // Whoever sees the page for the first time is shown an answer, not an empty pane.
  let isFirstView = storage.getItem('graphiql:tabState') === null;
  let activeTab = null;

  const fetcher = (params) => {
    const staysWith = (tab) => activeTab !== tab;
    // Right after a change of tab GraphiQL still offers the operation name of the tab before.
    const operationName = choose(params)?.operation.name?.value;
    const asked = { ...params, operationName };
    return live.observe(activeTab, asked, staysWith) ?? post(asked, session.token, account.refuse);
  };

  /** Called while the tab changes, before GraphiQL shows the other one. */
  const onTabChange = ({ tabs, activeTabIndex }) => (activeTab = tabs[activeTabIndex]?.id ?? null);

  /** Has no look of its own: it follows the tabs, from where hooks may be used. */
  const Follower = () => {
    const { run, stop, changeTab, introspect } = useGraphiQLActions();
    const { tabs, activeTabIndex, variableEditor } = useGraphiQL(
      pick('tabs', 'activeTabIndex', 'variableEditor'),
    );
    const id = tabs[activeTabIndex]?.id;
    live.show = (tab) => {
      const index = tabs.findIndex((one) => one.id === tab);
      if (index >= 0) changeTab(index);
    };
    // A token that was refused has shown no schema; the next one may.
    useEffect(() => session.onRenewed(() => live.schema === null && introspect()), [introspect]);
    useEffect(() => {
      activeTab = id;
      // Of a tab that is closed nothing runs on.
      const open = new Set(tabs.map((tab) => tab.id));
      live.all.forEach(([tab]) => open.has(tab) || live.end(tab));
    }, [tabs, id]);
    useEffect(() => {
      if (!variableEditor) return;
      if (live.isRunning(id)) run();
      else {
        const isFirst = isFirstView && activeTabIndex === 0;
        isFirstView = false;
        const filling = fill(id, tabs[activeTabIndex].query, variableEditor);
        if (isFirst) filling.then(() => activeTab === id && run());
      }
      // GraphiQL opens a new tab without ending what runs in the one before.
      return stop;
    }, [id, variableEditor]);
    return null;
  };

  /** Fills in the ids of a ready tab, unless the user wrote other variables or is gone by then. */
  const filled = new Map();
  const fill = async (tab, query, editor, isAsked = false) => {
    const operation = readyTab(ready, query);
    const before = editor.getValue();
    const isTheirs = before.trim() !== '' && before !== filled.get(tab);
    if (!operation?.fill || (isTheirs && !isAsked)) return;
    const found = await operation.fill(ask);
    if (activeTab !== tab || editor.getValue() !== before) return;
    const text = variablesText(found.comment, declared(query, found.values));
    filled.set(tab, text);
    editor.setValue(text);
  };

  const FillButton = () => {
    const { tabs, activeTabIndex, variableEditor } = useGraphiQL(
      pick('tabs', 'activeTabIndex', 'variableEditor'),
    );
    const { id, query } = tabs[activeTabIndex] ?? {};
    if (!readyTab(ready, query)?.fill) return null;
    const onClick = () => fill(id, query, variableEditor, true);
    return createElement(
      ToolbarButton,
      { label: 'Fill in ids of what is going on now', onClick },
      createElement('span', { className: 'regie-fill', 'aria-hidden': true }, 'ids'),
    );
  };

  createRoot(document.getElementById('graphiql')).render(
    createElement(
      GraphiQL,
      {
        fetcher,
        defaultTabs: ready.map(({ query }) => ({ query })),
        onTabChange,
        storage,
        onSchemaChange: (schema) => (live.schema = schema),
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
        inputValueDeprecation: true,
        schemaDescription: true,
        defaultEditorToolsVisibility: 'variables',
      },
      createElement(GraphiQL.Toolbar, null, ({ prettify, copy, merge }) => [
        createElement(Follower, { key: 'follower' }),
        createElement(FillButton, { key: 'fill' }),
        ...[prettify, merge, copy].map((button, key) => createElement('div', { key }, button)),
      ]),
    ),
  );
}
