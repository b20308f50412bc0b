// Queries and mutations, by POST to `/graphql` of this server.

export const ENDPOINT = new URL('graphql', location.href);

/**
 * The answer as GraphQL has it. What is not an answer becomes an error that says so; a status of
 * 401 is told to `onRefused` with the server's reason.
 */
export async function post({ query, variables, operationName }, token, onRefused) {
  let response;
  let text;
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
    text = await response.text();
  } catch {
    return failure('The server did not answer.');
  }
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = failure(`The server answered ${response.status} without JSON.`);
  }
  if (response.status === 401) onRefused?.(answer.errors?.[0]?.message);
  return answer;
}

/** An answer of this page's own. */
export const failure = (message) => ({ errors: [{ message }] });
