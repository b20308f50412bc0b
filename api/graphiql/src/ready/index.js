// The operations that lie ready when the page opens, by what the token's roles allow.

import { administrator } from './administrator.js';
import { agent } from './agent.js';
import { gateway } from './gateway.js';
import { supervisor } from './supervisor.js';

const BY_ROLE = {
  SUPERVISOR: supervisor,
  AGENT: agent,
  CUSTOMER_GATEWAY: gateway,
  ADMINISTRATOR: administrator,
};

/** What a supervisor who is an agent too does as one: they have what they took over. */
const afterTakingOver = agent.filter(({ name }) => ['MyWork', 'Write'].includes(name));

/** The ready tabs of these roles; a supervisor's for whoever has none of them. */
export function readyTabs(roles) {
  const all = [roles ?? []].flat();
  const of = (role) => (role === 'AGENT' && all.includes('SUPERVISOR') ? afterTakingOver : BY_ROLE[role]);
  // In the order of the roles here, not in the token's.
  const theirs = Object.keys(BY_ROLE).filter((role) => all.includes(role)).flatMap(of);
  return theirs.length > 0 ? theirs : supervisor;
}

/** The ready tab that a document is of, by the name of its operation, or by what it asks first. */
export function readyTab(tabs, query) {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query ?? '')?.[1];
  const asks = rootField(query);
  return tabs.find((tab) => tab.name === name) ?? tabs.find((tab) => asks && rootField(tab.query) === asks);
}

/** The first field of the operation, past its variables. */
const rootField = (query) =>
  /^\s*(?:query|mutation|subscription)\b[^{]*\{\s*(\w+)/m.exec((query ?? '').replace(/#.*$/gm, ''))?.[1];
