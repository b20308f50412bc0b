// Which token the open connection goes by. The next one is offered in a ping; until the server has
// taken it the connection goes on by the one that it has, and whatever ends the connection is said
// of that one.

import type { SessionStore } from './session';

/** Regie closes a WebSocket with these codes when its token is missing, refused or at its end. */
const TOKEN_REFUSED: readonly (number | undefined)[] = [4401, 4403];
/** After an offer that the server had no time for. */
const OFFER_AGAIN_MS = 2_000;

/** The part of a WebSocket that it needs. */
type Socket = Pick<WebSocket, 'send' | 'readyState'>;
const OPEN = 1;

export class Handover {
  private socket: Socket | undefined;
  private held = '';
  /** Tokens that the server has not answered yet; it answers in their order. */
  private offered: string[] = [];
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: SessionStore) {}

  /** The payload of `connection_init`. */
  begin(): { token: string } {
    this.held = this.session.get()?.token ?? '';
    return { token: this.held };
  }

  /** The server has acknowledged the connection: before, it would take no other token. */
  acknowledged(socket: Socket) {
    this.socket = socket;
    this.offer();
  }

  /** Offers the session's token, if the connection does not have it. */
  offer() {
    const session = this.session.get();
    if (!session || session.spent || this.socket?.readyState !== OPEN) return;
    if (session.token === (this.offered.at(-1) ?? this.held)) return;
    this.offered.push(session.token);
    this.socket.send(JSON.stringify({ type: 'ping', payload: { token: session.token } }));
  }

  /** A pong came. One that answers a keep-alive says nothing of tokens. */
  answered(payload: Record<string, unknown> | undefined) {
    if (typeof payload?.accepted !== 'boolean') return;
    const token = this.offered.shift();
    if (token === undefined) return;
    if (payload.accepted) this.held = token;
    else if (payload.code === 'UNAUTHENTICATED') this.session.refuse(token);
    else if (payload.code === 'RATE_LIMITED') this.again = setTimeout(() => this.offer(), OFFER_AGAIN_MS);
  }

  ended(code?: number) {
    clearTimeout(this.again);
    this.socket = undefined;
    this.offered = [];
    if (TOKEN_REFUSED.includes(code)) this.session.refuse(this.held);
  }
}
