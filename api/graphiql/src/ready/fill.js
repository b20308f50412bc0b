// Finds the ids that ready operations are tried with, among what the viewer sees now.

const SOME = `query Some($filter: OngoingFilter, $orderBy: OngoingOrder) {
  ongoingConversations(first: 50, filter: $filter, orderBy: $orderBy) {
    edges {
      node {
        id
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
export async function findConversations(ask, { filter, orderBy, can = [], rather = 'send' }) {
  const actions = [rather, ...can].map((action) => `${action} { allowed }`).join(' ');
  const answer = await ask(SOME.replace('ACTIONS', actions), { filter, orderBy });
  const all = (answer.data?.ongoingConversations.edges ?? []).map(({ node }) => node);
  return all.filter(({ viewerCan }) => can.every((action) => viewerCan[action].allowed));
}

/** Fills `conversation` with one that is found so, beside what else the tab takes. */
export const withConversation = (search, otherwise, more = {}) => async (ask) => {
  const found = await findConversation(ask, search);
  return found
    ? { comment: describe(found), values: { conversation: found.id, ...more } }
    : { comment: otherwise, values: { conversation: '', ...more } };
};

/** The angriest first: that is where a supervisor looks. */
export const BY_SENTIMENT = { field: 'SENTIMENT', direction: 'ASC' };

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
