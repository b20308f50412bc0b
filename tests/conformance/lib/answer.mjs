// What holds of every answer, whatever was asked: it comes in time, it is no failure of the server,
// and it is a well-formed response.

import { PATIENCE_MS, send } from './server.mjs';
import { envelopeFaults } from './shape.mjs';

/** Sends a body and looks at what comes; `told` is how a finding names the request. */
export async function ask(report, body, { as, told, dataFaults }) {
  const { status, text, ms } = await send(body, { as });
  report.took(ms);
  if (ms > PATIENCE_MS) report.fault('too slow', `${ms} ms: ${told}`);
  return look(report, { status, text, told, dataFaults });
}

/**
 * Looks at an answer. Null when it cannot be read; else its body, its codes and whether it was
 * executed. `dataFaults` says what is wrong with the data, where there is any.
 */
export function look(report, { status, text, told, dataFaults = () => [] }) {
  if (status >= 500) report.fault(`status ${status}`, `${text}: ${told}`);
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    report.fault('not JSON', `${text.slice(0, 200)}: ${told}`);
    return null;
  }
  const isExecuted = 'data' in body;
  for (const fault of [...envelopeFaults(body), ...(isExecuted ? dataFaults(body) : [])]) {
    report.fault('shape', `${fault}: ${told} ${text.slice(0, 800)}`);
  }
  const codes = new Set((body.errors ?? []).map((error) => error.extensions?.code));
  if (codes.has('INTERNAL')) report.fault('INTERNAL', `${text}: ${told}`);
  return { body, codes, status, outcome: isExecuted ? 'executed' : 'refused' };
}
