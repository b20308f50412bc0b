// The WebSocket client that Apollo Client and urql use too.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { BASE_URL, SUPERVISOR } = process.env;

export const socket = (options = {}) =>
  createClient({
    url: `${BASE_URL.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${SUPERVISOR}` },
    ...options,
  });

export const headers = { authorization: `Bearer ${SUPERVISOR}` };
export const url = `${BASE_URL}/graphql`;
