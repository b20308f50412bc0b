// Thousands of broken requests against a running server: documents with tokens swapped, dropped,
// doubled, cut short or with single characters changed, and bodies with flipped bytes. The server may
// refuse or execute; it may not fail, hang, or answer with anything but a well-formed response.
//
//   .ci/served node tests/conformance/mutations.mjs
//
// SEED and COUNT may be set. Where graphql-js judges a document otherwise than the server is a failure,
// but for what `lib/verdict.mjs` names.

import { ask } from './lib/answer.mjs';
import { Generator } from './lib/generate.mjs';
import { broken, flipped } from './lib/mutate.mjs';
import { Random } from './lib/random.mjs';
import { Report } from './lib/report.mjs';
import { callers, each, liveSchema } from './lib/server.mjs';
import { disagreement } from './lib/verdict.mjs';

const SEED = Number(process.env.SEED ?? 6);
const COUNT = Number(process.env.COUNT ?? 4000);
const AT_ONCE = 8;
const MOST_GROWTH_MIB = 300;

const schema = await liveSchema();
const random = new Random(SEED);
// Ids of nobody, so that the requests are the same each time, byte by byte.
const kinds = { conversation: 'conv', agent: 'agent', queue: 'queue', workstream: 'ws', offer: 'offer' };
const id = ([kind, prefix]) => [kind, [`${prefix}_0190a0b0c0d07000800000000000abcd`]];
const pool = {
  cursors: ['AZCgsMDQcACAAAAAAACrzQAAAAAAAAAqEjRWeA'],
  pages: ['AAEABgokGB4AAAGQoLDA0HAAgAAAAAAAq80'],
  ids: Object.fromEntries(Object.entries(kinds).map(id)),
};
const generator = new Generator(schema, random, pool);
const requests = Array.from({ length: COUNT }, () => {
  const whole = generator.operation(random.chance(0.8) ? 'query' : 'mutation');
  const as = callers[random.pick(Object.keys(callers))];
  const { operationName, variables } = whole;
  if (random.chance(0.25)) {
    const body = Buffer.from(JSON.stringify({ query: whole.query, operationName, variables }));
    return { as, body: flipped(body, random) };
  }
  const query = broken(whole.query, random);
  return { as, query, operationName, variables, body: JSON.stringify({ query, operationName, variables }) };
});

const report = new Report(`mutations, seed ${SEED}`);
await each(requests, AT_ONCE, async (request) => {
  const told = Buffer.isBuffer(request.body) ? JSON.stringify(request.body.toString('latin1')) : request.body;
  try {
    const answer = await ask(report, request.body, { as: request.as, told });
    if (answer === null) return;
    const { body, codes, status, outcome } = answer;
    report.count(`${outcome} ${status}`);
    if (request.query === undefined) return;
    const differs = disagreement(schema, request, body, codes);
    if (differs?.known) report.count(`judged otherwise than by graphql-js: ${differs.known}`);
    else if (differs) report.fault(differs.kind, `${differs.why}: ${told}`);
  } catch (error) {
    report.fault('no answer', `${error}: ${told}`);
  }
});
report.end({ mostGrowthMiB: MOST_GROWTH_MIB });
