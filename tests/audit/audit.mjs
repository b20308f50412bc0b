// Runs all audits of graphql-http against a running server and fails unless every one passes.
//
//   npm ci
//   BASE_URL=http://127.0.0.1:8080 TOKEN=… npm run audit
//
// BASE_URL is the server's address without a path. TOKEN is any token that it accepts; the audits
// only ask for __typename and introspection.

import { auditServer } from 'graphql-http';

const EXPECTED = 61;

const { BASE_URL, TOKEN } = process.env;
if (!BASE_URL || !TOKEN) {
  console.error('Set BASE_URL and TOKEN.');
  process.exit(2);
}

const authorised = (url, init = {}) =>
  fetch(url, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${TOKEN}` },
    signal: AbortSignal.timeout(30_000),
  });

const results = await auditServer({
  url: new URL('/graphql', BASE_URL).href,
  fetchFn: authorised,
});

const failed = results.filter((result) => result.status !== 'ok');
for (const { id, name, status, reason } of failed) {
  console.log(`${status} ${id}: ${name}\n  ${reason}`);
}
console.log(`${results.length - failed.length} of ${results.length} audits passed.`);
if (results.length !== EXPECTED) {
  console.log(`Expected ${EXPECTED} audits; has the package changed?`);
}
process.exit(failed.length === 0 && results.length === EXPECTED ? 0 : 1);
