// Finds the ids that ready operations are tried with, among what the viewer sees now. An id that is not
// to be had is left out, and the comment above the values says what is missing.

const SOME = `query Some($filter: OngoingFilter, $orderBy: OngoingOrder) {
  ongoingConversations(first: 50, filter: $filter, orderBy: $orderBy) {
    edges {
      node {
        id
        version
        channel
        subject
        customer { name }
        queue { id name }
        workstream { id }
        sentiment { level }
        viewerCan { ACTIONS }
      }
    }
  }
}`;

/**
 * The first conversation, in this order, that lets the viewer do all of `can`, and rather one that
 * lets them do `rather` too. Undefined when there is none.
 */
export async function findConversation(ask, search) {
  const { rather = 'send' } = search;
  const fit = await findConversations(ask, { ...search, rather });
  return fit.find(({ viewerCan }) => viewerCan[rather].allowed) ?? fit[0];
}

/** The conversations, in this order, that let the viewer do all of `can`; they say of `rather` too. */
export async function findConversations(ask, search) {
  const { can = [] } = search;
  const all = await conversations(ask, search);
  return all.filter(({ viewerCan }) => can.every((action) => viewerCan[action].allowed));
}

/** The conversations, in this order, with what the viewer can do there of `can` and `rather`. */
async function conversations(ask, { filter, orderBy, can = [], rather = 'send' }) {
  const actions = [rather, ...can].map((action) => `${action} { allowed code message }`).join(' ');
  const answer = await ask(SOME.replace('ACTIONS', actions), { filter, orderBy });
  return (answer.data?.ongoingConversations.edges ?? []).map(({ node }) => node);
}

/** Refusals that are about the viewer, whatever state the conversation is in. */
const ABOUT_THE_VIEWER = [
  'ROLE_REQUIRED',
  'PERMISSION_MISSING',
  'SETTING_DISABLED',
  'API_ACCESS_CONFLICT',
  'AGENT_ROW_NEEDED',
];

/** A conversation where all that is in the way is what the viewer may do, and the refusal. Undefined if none is. */
export async function findRefused(ask, search) {
  const { can = [] } = search;
  for (const found of await conversations(ask, search)) {
    const refused = can.map((action) => found.viewerCan[action]).find(({ allowed }) => !allowed);
    if (refused && ABOUT_THE_VIEWER.includes(refused.code)) return { found, refused };
  }
  return undefined;
}

/** Fills `id` with a conversation that is found so, beside what else the tab takes. */
export const withConversation = (search, otherwise, more = {}) => async (ask) => {
  const found = await findConversation(ask, search);
  if (found) return { comment: describe(found), values: { id: found.id, version: found.version, ...more } };
  const without = await findRefused(ask, search);
  return without
    ? { comment: `You are refused this: ${without.refused.message}`, values: { id: without.found.id, ...more } }
    : { comment: `${otherwise} The id is missing.`, values: more };
};

/** Of these values those that the operation declares. */
export function declared(query, values) {
  const names = new Set([...query.matchAll(/\$(\w+)\s*:/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/** The angriest first: that is where a supervisor looks. */
export const BY_SENTIMENT = { field: 'SENTIMENT', direction: 'ASC' };

/** With the angriest first, unless the search has an order of its own. */
export const withAngriest = (search, ...rest) => withConversation({ orderBy: BY_SENTIMENT, ...search }, ...rest);

/** A conversation in a few words: who, about what, where. */
export function describe({ customer, subject, queue, sentiment }) {
  const mood = sentiment.level.toLowerCase().replaceAll('_', ' ');
  return [customer.name ?? 'a customer', subject, queue?.name, mood].filter(Boolean).join(' · ');
}

/**
 * Variables as the editor shows them: what they were filled with as a comment, which GraphiQL
 * takes in variables, above the values.
 */
export function variablesText(comment, values) {
  const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const lines = `${time} ${comment}`.match(/.{1,56}(?: |$)/g) ?? [comment];
  return `${lines.map((line) => `// ${line.trimEnd()}\n`).join('')}${JSON.stringify(values, null, 2)}`;
}
