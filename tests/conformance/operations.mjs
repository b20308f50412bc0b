// Thousands of generated valid operations against a running server: no failure of the server, and
// every answer exactly of the shape that was asked for.
//
//   .ci/served node tests/conformance/operations.mjs
//
// SEED and COUNT may be set. graphql-js judges that each operation is valid; the server has to agree.

import { parse, validate } from 'graphql';
import { ask, look } from './lib/answer.mjs';
import { Generator } from './lib/generate.mjs';
import { Random } from './lib/random.mjs';
import { Report } from './lib/report.mjs';
import { callers, each, liveSchema, PATIENCE_MS, pool } from './lib/server.mjs';
import { dataFaults } from './lib/shape.mjs';

const SEED = Number(process.env.SEED ?? 5);
const COUNT = Number(process.env.COUNT ?? 4000);
const AT_ONCE = 8;
/** Of a subscription, what comes within this time is looked at. */
const LISTEN_MS = 300;
/** Parsed documents, remembered tokens and answers are kept up to a bound; this is beyond them all. */
const MOST_GROWTH_MIB = 300;

const schema = await liveSchema();
const random = new Random(SEED);
const generator = new Generator(schema, random, await pool());
const operations = Array.from({ length: COUNT }, () => {
  const dice = random.below(20);
  const kind = dice < 13 ? 'query' : dice < 18 ? 'mutation' : 'subscription';
  return { ...generator.operation(kind), caller: random.pick(Object.keys(callers)) };
});

const report = new Report(`operations, seed ${SEED}`);
await each(operations, AT_ONCE, async (operation) => {
  const { query, operationName, variables, kind } = operation;
  const document = parse(query);
  const invalid = validate(schema, document);
  const told = JSON.stringify({ query, operationName, variables });
  if (invalid.length > 0) {
    report.fault('generated operation is invalid', `${invalid[0].message}: ${told}`);
    return;
  }
  try {
    if (kind === 'subscription') await listen(operation, document, told);
    else {
      const as = callers[operation.caller];
      weigh(operation, told, await ask(report, told, { as, told, dataFaults: shapeOf(operation, document) }));
    }
  } catch (error) {
    report.fault('no answer', `${error}: ${told}`);
  }
});
report.end({ mostGrowthMiB: MOST_GROWTH_MIB });

/** What is wrong with the data that this operation is answered with. */
function shapeOf(operation, document) {
  return (body) => dataFaults(schema, document, operation.operationName, operation.variables, body);
}

/** A valid operation is not refused, but for what bounds it. */
function weigh(operation, told, answer) {
  if (answer === null) return;
  const { body, codes, status, outcome } = answer;
  report.count([operation.kind, outcome, status, ...[...codes].sort()].join(' '));
  // The gate's limits and, where nothing streams yet, a subscription's own refusals are all there is.
  const allowed = codes.has('LIMIT_EXCEEDED') || operation.kind === 'subscription';
  const unknown = body.errors?.find((error) => /^(Unknown|Invalid value)/.test(error.message));
  if (outcome === 'refused' && (!allowed || unknown)) {
    report.fault('refused though valid', `${JSON.stringify(body)}: ${told}`);
  }
}

/** A subscription as an event stream, for a moment. */
async function listen(operation, document, told) {
  const begin = performance.now();
  const stop = new AbortController();
  const response = await fetch(`${process.env.BASE_URL}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${callers[operation.caller]}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: told,
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  report.took(performance.now() - begin);
  const seen = (status, text) =>
    weigh(operation, told, look(report, { status, text, told, dataFaults: shapeOf(operation, document) }));
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !type.startsWith('text/event-stream')) {
    seen(response.status, await response.text());
    return;
  }
  setTimeout(() => stop.abort(), LISTEN_MS);
  let stream = '';
  try {
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) stream += part;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  report.count('subscription streams');
  for (const [, payload] of stream.matchAll(/^event: ?next\ndata: ?(.*)\n\n/gm)) {
    seen(200, payload);
  }
}
