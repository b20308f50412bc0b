// The subscriptions of the page. GraphiQL knows one at a time and ends it with a change of tab;
// here a subscription belongs to the tab that it was started in, and runs on while the user works
// in others. Coming back to its tab shows it again.

import { choose, readSubscription } from './document.js';
import { openSocket } from './socket.js';
import { startSubscription } from './subscription.js';

/** The page's subscriptions, one for each tab that has one. */
export function createLive(session) {
  const client = openSocket(session);
  const running = new Map();
  const listeners = new Set();
  const tell = (changed) => listeners.forEach((listener) => listener(changed));

  const live = {
    /** The schema as GraphiQL has read it, to know which events have cursors. */
    schema: null,
    /** Pairs of the tab's id and its subscription. */
    get all() {
      return [...running].map(([tab, { subscription }]) => [tab, subscription]);
    },
    isRunning: (tab) => running.has(tab) && running.get(tab).subscription.state !== 'ended',
    /**
     * What GraphiQL asks in this tab: null for queries and mutations; for a subscription an
     * observable, of the one that runs here already if it is the same. `staysWith` says whether
     * the user stopped it, or only went to another tab.
     */
    observe(tab, params, staysWith) {
      const chosen = choose(params);
      if (chosen?.operation.operation !== 'subscription') return null;
      const text = JSON.stringify([params.query, params.variables]);
      const known = running.get(tab);
      if (known?.text === text && live.isRunning(tab)) return watch(known, tab, staysWith);
      live.end(tab);
      const entry = { text, show: null };
      running.set(tab, entry);
      entry.subscription = startSubscription({
        source: readSubscription(chosen, params.variables, live.schema),
        name: chosen.operation.name?.value ?? 'Subscription',
        client,
        session,
        onChange(subscription) {
          entry.show?.(subscription);
          tell(subscription);
        },
      });
      tell(entry.subscription);
      return watch(entry, tab, staysWith);
    },
    /** Stops the subscription of a tab and forgets it. */
    end(tab) {
      const entry = running.get(tab);
      if (entry === undefined) return;
      running.delete(tab);
      entry.subscription.stop();
      entry.finish?.();
      tell(entry.subscription);
    },
    onChange: (listener) => listeners.add(listener),
  };

  /** What GraphiQL subscribes to: it is shown the state of things at once, then every change. */
  const watch = (entry, tab, staysWith) => ({
    subscribe(observer) {
      const finish = () => {
        entry.show = null;
        entry.finish = null;
        observer.complete();
      };
      entry.finish = finish;
      entry.show = (subscription) => {
        observer.next(shown(subscription));
        if (subscription.state === 'ended') finish();
      };
      if (entry.subscription) entry.show(entry.subscription);
      return {
        unsubscribe() {
          entry.show = null;
          entry.finish = null;
          // GraphiQL unsubscribes before it changes the tab, and says so right after.
          queueMicrotask(() => {
            if (!staysWith(tab)) live.end(tab);
          });
        },
      };
    },
  });

  session.onRenewed(() => {
    // What runs resumes over a new connection, as the new token allows.
    if (client.isOpen) client.cut();
    running.forEach(({ subscription }) => subscription.renewed());
  });
  addEventListener('online', () => running.forEach(({ subscription }) => subscription.hurry()));
  return live;
}

/** For the response: the newest event as GraphQL has it, and those before it. */
function shown({ state, detail, events, errors }) {
  const [newest, ...earlier] = events;
  const over = state === 'ended' ? { ended: detail, ...(errors && { errors }) } : {};
  if (newest === undefined) {
    const hint = 'No event yet. They show here as they come, the newest first.';
    return state === 'ended' ? over : { live: hint };
  }
  return { ...over, ...newest, ...(earlier.length > 0 && { earlier: earlier.map(({ data }) => data) }) };
}
