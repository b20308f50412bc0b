// The server under test: its address, tokens for each kind of caller, what it holds, what it uses.
//
// BASE_URL is its address without a path, JWT_SECRET what its tokens are signed with, and SERVER_PID,
// where it is known, lets its memory be read. .ci/served sets all three.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';

const { BASE_URL, JWT_SECRET, SERVER_PID } = process.env;
if (!BASE_URL || !JWT_SECRET) {
  console.error('Set BASE_URL and JWT_SECRET, or run this by .ci/served.');
  process.exit(2);
}

/** Longer than this, no answer may take: far beyond what one does, also on a busy machine. */
export const PATIENCE_MS = 20_000;

export const base = BASE_URL;

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token with these claims that is valid for an hour. */
export function token(claims) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ exp, ...claims })}`;
  return `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
}

const PERMISSIONS = ['monitor', 'join', 'assign', 'transfer', 'force_close', 'label'];

/** One caller of each kind, and one who is all of them but an agent. */
export const callers = {
  supervisor: token({
    sub: 'conformance-supervisor',
    roles: ['SUPERVISOR'],
    queues: '*',
    permissions: PERMISSIONS.map((each) => `conversation:${each}`),
  }),
  administrator: token({ sub: 'conformance-administrator', roles: ['ADMINISTRATOR'] }),
  gateway: token({ sub: 'conformance-gateway', roles: ['CUSTOMER_GATEWAY'], channels: '*' }),
  agent: token({ sub: 'robin', roles: ['AGENT'] }),
  several: token({
    sub: 'conformance-several',
    roles: ['SUPERVISOR', 'ADMINISTRATOR', 'CUSTOMER_GATEWAY'],
    queues: '*',
    channels: '*',
    permissions: PERMISSIONS.map((each) => `conversation:${each}`),
  }),
};

/** Sends a body as it is; answers with status, headers, text, and how long it took. */
export async function send(body, { as = callers.several, accept, timeout = PATIENCE_MS } = {}) {
  const begin = performance.now();
  const response = await fetch(`${BASE_URL}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${as}`,
      'content-type': 'application/json',
      accept: accept ?? 'application/graphql-response+json',
    },
    body,
    signal: AbortSignal.timeout(timeout),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ms: performance.now() - begin };
}

/** The data of a query that has to succeed. */
export async function data(query, as = callers.several) {
  const { status, text } = await send(JSON.stringify({ query }), { as });
  const body = JSON.parse(text);
  if (status !== 200 || body.errors) throw new Error(`${status} ${text.slice(0, 500)}`);
  return body.data;
}

/** The schema as the server tells it. */
export async function liveSchema() {
  const query = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  return buildClientSchema(await data(query));
}

/** Ids and cursors that the server gives out, by kind. */
export async function pool() {
  const nodes = 'edges { cursor node { id } }';
  const found = await data(`{
    ongoingConversations(first: 40) { asOf edges { cursor node { id pendingOffer { id } } } }
    agents(first: 20) { ${nodes} }
    queues(first: 20) { ${nodes} }
    workstreams(first: 20) { ${nodes} }
  }`);
  const ids = (connection) => connection.edges.map(({ node }) => node.id);
  const conversations = found.ongoingConversations;
  const offers = conversations.edges.map(({ node }) => node.pendingOffer?.id).filter(Boolean);
  return {
    cursors: [conversations.asOf],
    pages: [conversations, found.agents, found.queues].map(({ edges }) => edges[0].cursor),
    ids: {
      conversation: ids(conversations),
      agent: ids(found.agents),
      queue: ids(found.queues),
      workstream: ids(found.workstreams),
      offer: offers.length > 0 ? offers : [`offer_${'0'.repeat(32)}`],
    },
  };
}

/** The server's resident memory in MiB; null where it cannot be known. */
export function memory() {
  if (!SERVER_PID) return null;
  const status = readFileSync(`/proc/${SERVER_PID}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

/** Runs `work` for each item, so many at once. */
export async function each(items, atOnce, work) {
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
