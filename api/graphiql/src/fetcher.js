// Carries GraphiQL's operations to `/graphql` of this server: queries and mutations by POST,
// subscriptions over one graphql-transport-ws connection. One fetcher serves one token.

const ENDPOINT = new URL('graphql', location.href);
const SIGN_IN = failure('Sign in first: paste a token in the bar above.');

/** `fetch` is GraphiQL's fetcher; `close` ends the connection of a token no longer used. */
export function createFetcher({ token, createClient, parse, bar }) {
  let client = null;
  const fetcher = {
    fetch(asked) {
      if (token === null) return Promise.resolve(SIGN_IN);
      const { params, subscription } = settle(asked, parse);
      if (!subscription) return post(params, token, bar);
      client ??= connect(token, createClient, bar);
      return { subscribe: (observer) => subscribe(client, params, observer) };
    },
    close() {
      client?.dispose();
      bar.live('idle');
    },
  };
  return fetcher;
}

async function post({ query, variables, operationName }, token, bar) {
  let response;
  try {
    response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query, variables, operationName }),
    });
  } catch {
    return failure('The server did not answer.');
  }
  if (response.status === 401) bar.refuse();
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return failure(`The server answered ${response.status} without JSON.`);
  }
}

function connect(token, createClient, bar) {
  const url = new URL(ENDPOINT);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return createClient({
    url: url.href,
    connectionParams: { authorization: `Bearer ${token}` },
    // Opened by the first subscription and closed with the last: for an agent an open
    // connection means being at work, which looking at the schema is not.
    lazy: true,
    // A silent second try would skip what happened in between.
    retryAttempts: 0,
    on: {
      connecting: () => bar.live('connecting'),
      connected: () => bar.live('connected'),
      closed: (event) => (event.code === 1000 ? bar.live('idle') : bar.live('lost', closing(event))),
    },
  });
}

function subscribe(client, params, observer) {
  let cursor;
  const unsubscribe = client.subscribe(params, {
    next(result) {
      cursor = Object.values(result.data ?? {})[0]?.cursor ?? cursor;
      observer.next(result);
    },
    error: (error) => observer.error(readable(error, cursor)),
    complete: () => observer.complete(),
  });
  return { unsubscribe };
}

/** The message takes the place of the last event, so it must name that event's cursor. */
function readable(error, cursor) {
  if (Array.isArray(error)) return error;
  const reason = typeof error?.code === 'number' ? closing(error) : 'the server did not answer';
  const message = `No live connection: ${reason}.`;
  if (cursor === undefined) return { message };
  return { message: `${message} To miss nothing, run this again with after: "${cursor}"` };
}

const closing = ({ code, reason }) => `${code} ${reason || 'without a reason'}`;

/**
 * Reads the document itself: right after a change of tab GraphiQL still offers the parsed
 * document and the operation name of the tab before.
 */
function settle({ query, variables, operationName }, parse) {
  let operations;
  try {
    operations = parse(query).definitions.filter((node) => node.kind === 'OperationDefinition');
  } catch {
    // The server says best what is wrong with it.
    operations = [];
  }
  const named = operations.find((node) => node.name?.value === operationName);
  const chosen = named ?? (operations.length === 1 ? operations[0] : undefined);
  return {
    params: { query, variables, operationName: chosen?.name?.value },
    subscription: chosen?.operation === 'subscription',
  };
}

function failure(message) {
  return { errors: [{ message }] };
}
