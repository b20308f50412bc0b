// GraphiQL in a real browser: a supervisor's day in a running demo, and what the page does when the
// server is killed and started again. No request to any other host, no console error.
//
//   npm ci && BASE_URL=http://127.0.0.1:8080 REGIE=../../target/debug/regie node graphiql.mjs
//
// BASE_URL is a demo's. REGIE is the binary, for a server of the test's own. SCREENSHOTS names a
// folder for pictures, CHROMIUM the browser, EVENT_SECONDS how long to wait for an event (60).
import assert from 'node:assert/strict';
import { openBrowser } from './chrome.mjs';
import { aDay } from './graphiql/day.mjs';
import { people } from './graphiql/people.mjs';
import { restart } from './graphiql/restart.mjs';

const { BASE_URL, REGIE } = process.env;
assert(BASE_URL && REGIE, 'BASE_URL and REGIE must be set');

const demo = await openBrowser(new URL(BASE_URL).host);
try {
  await aDay(demo, BASE_URL);
  await people(demo, BASE_URL);
  demo.check();
} finally {
  await demo.close();
}
await restart(REGIE);
process.stdout.write('GraphiQL: every ready tab, every sample user, tokens and resuming work; nothing left the server\n');
