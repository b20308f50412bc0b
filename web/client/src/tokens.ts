// Which token is used, and when the next one is asked for. The open connection gets the next one in a ping before the old
// one ends; until the server has taken it the connection goes on by the one that it has, and whatever ends the connection
// is said of that one.

import { LONGEST_TIMER_MS, never, pauseMs, wait } from './pause.js';

export interface TokenRequest {
  /** The token that the server did not take (any more): give another. */
  readonly refused: string | null;
  /** Aborted when the connection is closed. */
  readonly signal: AbortSignal;
}

/**
 * Gives the newest token. It is asked at the start, before a token ends, and when one was refused; it may take its time, as
 * where a person must sign in. Null says that there will be none any more, which ends the connection; what it throws is
 * taken for a passing fault, and it is asked again.
 */
export type TokenSource = (request: TokenRequest) => string | null | Promise<string | null>;

/** The part of a WebSocket that it needs. */
type Socket = Pick<WebSocket, 'send' | 'readyState'>;
const OPEN = 1;
/** After an offer that the server had no time for. */
const OFFER_AGAIN_MS = 2_000;
/** So often the same token may be refused: a server that starts may not know its issuer's keys yet. */
const MOST_REFUSALS = 3;
const BACKOFF = { shortestMs: 500, longestMs: 10_000 };

export class Tokens {
  private newest: string | null = null;
  /** What is not used unless the source says again that it is the newest. */
  private refused: string | null = null;
  /** What was refused last, and how often since a connection was last acknowledged. */
  private suspect: string | null = null;
  private refusals = 0;
  private asking: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  private socket: Socket | undefined;
  private held: string | null = null;
  /** Tokens that the server has not answered yet; it answers in their order. */
  private offered: string[] = [];
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: TokenSource,
    private readonly renewBeforeMs: number,
    private readonly over: AbortSignal,
    private readonly end: (reason: 'SIGNED_OUT' | 'TOKEN_REFUSED') => void,
  ) {
    over.addEventListener('abort', () => {
      clearTimeout(this.timer);
      clearTimeout(this.again);
    });
  }

  /** A token that may be worth something: of now, or the next one. Never answers once it is over. */
  async usable(): Promise<string> {
    if (!this.worth(this.newest)) await this.ask();
    return this.newest ?? never();
  }

  /** The newest token, whatever it is worth. */
  get latest() {
    return this.newest;
  }

  /** Asks the source for a newer token, and gives it to the open connection. */
  renew = () => void this.ask();

  /** The server does not take this token (any more). */
  refuse(token: string | null) {
    if (token === null || token !== this.newest) return;
    this.refusals = token === this.suspect ? this.refusals + 1 : 1;
    this.suspect = token;
    this.refused = token;
    if (this.refusals >= MOST_REFUSALS) this.end('TOKEN_REFUSED');
    else void this.ask();
  }

  /** The token of a connection that is about to be opened. */
  async begin(): Promise<string> {
    this.held = await this.usable();
    return this.held;
  }

  /** The server has acknowledged the connection: before, it would take no other token. */
  acknowledged(socket: Socket) {
    this.socket = socket;
    this.refusals = 0;
    this.offer();
  }

  /** A pong came. One that answers a keep-alive says nothing of tokens. */
  answered(payload: Record<string, unknown> | undefined) {
    if (typeof payload?.accepted !== 'boolean') return;
    const token = this.offered.shift();
    if (token === undefined) return;
    if (payload.accepted) this.held = token;
    else if (payload.code === 'RATE_LIMITED') this.again = setTimeout(() => this.offer(), OFFER_AGAIN_MS);
    else this.refuse(token);
  }

  /** The connection has ended; `refused` says that its token was why. */
  ended(refused: boolean) {
    clearTimeout(this.again);
    this.socket = undefined;
    this.offered = [];
    if (refused) this.refuse(this.held);
  }

  private worth(token: string | null) {
    return token !== null && token !== this.refused && (endOf(token) ?? Infinity) > Date.now();
  }

  private ask(): Promise<void> {
    // Later, so that a source that asks for a renewal by itself finds that it is being asked.
    this.asking ??= Promise.resolve()
      .then(() => this.askUntilAnswered())
      .finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askUntilAnswered() {
    const { refused } = this;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.give(refused);
      if (this.over.aborted) return never();
      if (answer === null) {
        this.end('SIGNED_OUT');
        return never();
      }
      if (answer) {
        // The source has no other: after a while the server is asked once more what it is worth.
        if (answer === refused && !(await wait(pauseMs(this.refusals, BACKOFF), this.over))) return never();
        if (this.refused === refused) this.refused = null;
        return this.take(answer);
      }
      await wait(pauseMs(attempt, BACKOFF), this.over);
    }
  }

  /** Undefined where the source threw. */
  private async give(refused: string | null): Promise<string | null | undefined> {
    try {
      return await this.source({ refused, signal: this.over });
    } catch {
      return undefined;
    }
  }

  private take(token: string) {
    this.newest = token;
    this.schedule(token);
    this.offer();
  }

  /** Asks for the next one before this one ends, and again and again until there is one. */
  private schedule(token: string) {
    clearTimeout(this.timer);
    const end = endOf(token);
    if (end === undefined || this.over.aborted) return;
    const left = end - Date.now();
    // Of a token that lasts for seconds a fifth; of one that is about to end, half of what is left.
    const lead = left > this.renewBeforeMs ? Math.min(this.renewBeforeMs, left / 5) : left / 2;
    if (left > 0) this.timer = setTimeout(this.renew, Math.min(Math.max(left - lead, 1_000), LONGEST_TIMER_MS));
  }

  /** Offers the newest token to the open connection, if it does not have it. */
  private offer() {
    const token = this.newest;
    if (token === null || token === this.refused || this.socket?.readyState !== OPEN) return;
    if (token === (this.offered.at(-1) ?? this.held)) return;
    this.offered.push(token);
    this.socket.send(JSON.stringify({ type: 'ping', payload: { token } }));
  }
}

/** When a JWT ends, in milliseconds since 1970. It is read, never verified: only the server says what it is worth. */
export function endOf(token: string): number | undefined {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { exp } = JSON.parse(text) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
