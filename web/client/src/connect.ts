// One connection of one person: subscriptions over one WebSocket that comes back for as long as that can help, requests by
// POST, both by the newest token. Lists, commands and queries take it as their first argument, and hold no state in it.

import type { GraphQLFormattedError } from 'graphql';
import { type Client, createClient } from 'graphql-ws/client';
import type { Operation } from './document.js';
import { type Fault, faultOf, unreachable } from './fault.js';
import { never, pauseMs, unlessAborted, wait } from './pause.js';
import { type ConnectionState, cutBy, type End } from './state.js';
import { type Readable, Store } from './store.js';
import { Tokens, type TokenSource } from './tokens.js';

export interface ConnectOptions {
  /** The address of `/graphql`, by http(s) or ws(s). */
  url: string;
  token: TokenSource;
  /** How long before its end a token's successor is asked for; default 60,000. Of a token that lasts less than five times that, the last fifth. */
  renewBeforeMs?: number;
  /** Where the program has none by itself, as Node before 22: the class of the package ws. */
  webSocketImpl?: unknown;
  /** For requests; default the program's own. */
  fetch?: typeof fetch;
}

export interface Sink {
  next: (data: unknown) => void;
  /** The operation was refused, or the server ended it. */
  error: (fault: Fault) => void;
  complete: () => void;
}

/** What a request by POST was answered with. */
export interface Answer {
  data: unknown;
  fault: Fault | null;
}

export interface Connection {
  readonly state: Readable<ConnectionState>;
  /** A newer token is there, as after a person signed in again: the source is asked, and the open connection goes on by it. */
  renew: () => void;
  /** Ends it, and everything that uses it. */
  close: () => void;
  /** Aborted when the connection has ended for good. */
  readonly over: AbortSignal;
  /** A subscription as it is: begun again on each new connection with the `variables` as they are then. Use `follow` or `liveList`. */
  listen: (operation: Operation, sink: Sink) => () => void;
  /** One request, sent once, as soon as there is a token. Use `query` or `mutate`. */
  post: (operation: Operation, signal?: AbortSignal) => Promise<Answer>;
}

const BACKOFF = { shortestMs: 250, longestMs: 5_000 };
/** A connection that stood for so long stood well: the next pause is short again. */
const STEADY_MS = 3_000;
const PING_MS = 10_000;
const PONG_MS = 5_000;
/** So long a request may take, a little more than the server gives one. */
const REQUEST_MS = 40_000;

export function connect(options: ConnectOptions): Connection {
  const over = new AbortController();
  const state = new Store<ConnectionState>({ status: 'connecting' });
  const tokens = new Tokens(options.token, options.renewBeforeMs ?? 60_000, over.signal, (reason) => end(reason, reason));
  const listeners = new Set<{ begin: () => void }>();
  const forgetNetwork = watchNetwork();

  let attempts = 0;
  /** The token that the WebSocket is opened with. */
  let held = '';
  let steady: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let hurry = new AbortController();
  /** The client that is about to be replaced. */
  let lost: Client | undefined;
  let client = open();

  function open(): Client {
    const opened: Client = createClient({
      url: async () => {
        held = await tokens.begin();
        if (over.signal.aborted) await never();
        return options.url.replace(/^http/, 'ws');
      },
      connectionParams: () => ({ token: held }),
      webSocketImpl: options.webSocketImpl,
      // Open also while nothing is followed: what it says of the server stays true.
      lazy: false,
      onNonLazyError: (error) => broken(opened, error),
      retryAttempts: Infinity,
      shouldRetry: (error) => cutBy(codeOf(error)) !== undefined,
      retryWait: pause,
      // A network can go without a word: ask, and take silence for an end.
      keepAlive: PING_MS,
      on: {
        connected: (socket) => {
          if (opened !== client) return;
          tokens.acknowledged(socket as WebSocket);
          steady = setTimeout(() => (attempts = 0), STEADY_MS);
          state.set({ status: 'live', since: Date.now() });
        },
        ping: (received) => {
          if (!received) silence = setTimeout(() => opened.terminate(), PONG_MS);
        },
        pong: (received, payload) => {
          if (!received) return;
          clearTimeout(silence);
          tokens.answered(payload);
        },
        closed: (event) => {
          if (opened === client) cut(codeOf(event));
        },
      },
    });
    return opened;
  }

  function cut(code: number | undefined) {
    clearTimeout(steady);
    clearTimeout(silence);
    const why = cutBy(code);
    tokens.ended(why === 'token');
    const before = state.get();
    if (before.status === 'ended' || why === undefined) return;
    const since = before.status === 'cutOff' ? before.since : Date.now();
    // While it tries again, the first reason stays until another one is known.
    const known = before.status === 'cutOff' && why === 'network' ? before.why : why;
    state.set({ status: 'cutOff', since, why: isOffline() ? 'offline' : known, attempts });
  }

  async function pause() {
    await wait(isOffline() ? 30_000 : pauseMs(attempts, BACKOFF), over.signal, hurry.signal);
    hurry = new AbortController();
    attempts += 1;
  }

  /** What graphql-ws does not come back from by itself; each operation tells it, and the connection itself. */
  function broken(from: Client, error: unknown) {
    if (from !== client || from === lost || over.signal.aborted) return;
    if (cutBy(codeOf(error)) === undefined) return end('PROTOCOL', messageOf(error));
    lost = from;
    void pause().then(() => {
      if (over.signal.aborted || from !== client) return;
      client = open();
      putAway(from);
      for (const { begin } of listeners) begin();
    });
  }

  function end(reason: End, message: string) {
    if (over.signal.aborted) return;
    state.set({ status: 'ended', reason, message });
    clearTimeout(steady);
    clearTimeout(silence);
    forgetNetwork();
    over.abort();
    putAway(client);
  }

  function listen(operation: Operation, sink: Sink) {
    let stop = () => {};
    const listener = {
      begin() {
        const on = client;
        let isOn = true;
        stop = on.subscribe(
          // Written out again for each connection, so with the variables as they are then.
          { ...operation },
          {
            next({ data, errors }) {
              if (!isOn) return;
              if (data !== null && data !== undefined) return apart(() => sink.next(data));
              finish();
              sink.error(faultOf((errors ?? []) as readonly GraphQLFormattedError[]));
            },
            error(error) {
              if (!isOn) return;
              if (!Array.isArray(error)) return broken(on, error);
              finish();
              sink.error(faultOf(error as readonly GraphQLFormattedError[]));
            },
            complete() {
              // A client that is put away completes what it had, which the next one goes on with.
              if (!isOn || on !== client || over.signal.aborted) return;
              finish();
              sink.complete();
            },
          },
        );
        const leave = stop;
        const finish = () => {
          isOn = false;
          listeners.delete(listener);
        };
        stop = () => {
          finish();
          leave();
        };
      },
    };
    if (over.signal.aborted) return () => {};
    listeners.add(listener);
    listener.begin();
    return () => stop();
  }

  async function post(operation: Operation, signal?: AbortSignal): Promise<Answer> {
    const token = await unlessAborted(tokens.usable(), over.signal, signal);
    if (token === undefined) return { data: null, fault: unreachable('given up') };
    const answer = await send(operation, token, signal);
    if (answer.fault?.code === 'UNAUTHENTICATED') tokens.refuse(token);
    return answer;
  }

  async function send(operation: Operation, token: string, signal?: AbortSignal): Promise<Answer> {
    const signals = [over.signal, AbortSignal.timeout(REQUEST_MS), ...(signal ? [signal] : [])];
    try {
      const response = await (options.fetch ?? fetch)(options.url.replace(/^ws/, 'http'), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
        },
        body: JSON.stringify(operation),
        signal: AbortSignal.any(signals),
      });
      const body = (await response.json()) as { data?: unknown; errors?: readonly GraphQLFormattedError[] };
      if (body.errors?.length) return { data: body.data ?? null, fault: faultOf(body.errors) };
      // A proxy may answer in JSON of its own.
      if (body.data === undefined || body.data === null) return { data: null, fault: unreachable(`status ${response.status}`) };
      return { data: body.data, fault: null };
    } catch (error) {
      return { data: null, fault: unreachable(messageOf(error)) };
    }
  }

  /** The browser tells when the network goes and comes. */
  function watchNetwork() {
    const target = globalThis as Partial<Pick<Window, 'addEventListener' | 'removeEventListener'>>;
    const gone = () => client.terminate();
    const back = () => hurry.abort();
    target.addEventListener?.('offline', gone);
    target.addEventListener?.('online', back);
    return () => {
      target.removeEventListener?.('offline', gone);
      target.removeEventListener?.('online', back);
    };
  }

  return { state, renew: tokens.renew, close: () => end('CLOSED', 'closed'), over: over.signal, listen, post };
}

/** A fault of whoever listens is theirs, and ends no connection. */
function apart(call: () => void) {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** It may be connecting still, which then fails unheard. */
const putAway = (client: Client) => void Promise.resolve(client.dispose()).catch(() => {});

const isOffline = () => typeof navigator !== 'undefined' && navigator.onLine === false;

function codeOf(error: unknown): number | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

function messageOf(error: unknown): string {
  const { message, reason, code } = Object(error) as { message?: unknown; reason?: unknown; code?: unknown };
  return String(message || reason || (code === undefined ? 'no connection' : `closed with ${String(code)}`));
}
