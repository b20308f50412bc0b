// The subscriptions that run, each with its state, its events, and how often it resumed.

import { element, setText } from './dom.js';

const WORDS = {
  connecting: 'connecting',
  live: 'live',
  lost: 'lost',
  token: 'waiting for a token',
  ended: 'ended',
};

export function showLive(live) {
  const list = element('live');
  const rows = new Map();

  const show = (changed) => {
    const all = new Map(live.all);
    for (const [tab, row] of rows) {
      if (all.has(tab)) continue;
      row.item.remove();
      rows.delete(tab);
    }
    for (const [tab, subscription] of all) {
      if (!rows.has(tab)) rows.set(tab, addRow(list, tab, live));
      update(rows.get(tab), subscription);
    }
    element('live-strip').hidden = all.size === 0;
    // Only what a listener has to know: not every event.
    if (changed?.state) setText(element('announced'), `${changed.name}: ${WORDS[changed.state]}`);
  };
  live.onChange(show);
  show();
}

function addRow(list, tab, live) {
  const item = document.createElement('li');
  const [open, stop] = ['open', 'stop'].map((name) =>
    Object.assign(document.createElement('button'), { type: 'button', className: `regie-live-${name}` }),
  );
  stop.textContent = '×';
  open.addEventListener('click', () => live.show?.(tab));
  stop.addEventListener('click', () => live.end(tab));
  item.append(open, stop);
  list.append(item);
  const parts = ['name', 'state', 'count'].map((name) => {
    const part = Object.assign(document.createElement('span'), { className: `regie-live-${name}` });
    open.append(part);
    return part;
  });
  return { item, open, stop, parts };
}

function update({ item, open, stop, parts: [name, state, count] }, subscription) {
  item.dataset.state = subscription.state;
  setText(name, subscription.name);
  const isLost = subscription.state === 'lost';
  setText(state, isLost ? `lost – ${subscription.detail}` : WORDS[subscription.state]);
  const { received, resumed } = subscription;
  const events = received === 1 ? '1 event' : `${received} events`;
  setText(count, resumed > 0 ? `${events} · resumed ${resumed}×` : events);
  open.title = subscription.detail || 'Show its tab';
  stop.setAttribute('aria-label', `Stop ${subscription.name}`);
}
