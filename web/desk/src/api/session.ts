// Who is signed in in this tab. A token is read here, never verified: only the server's answer
// says what it is worth. It is kept for the tab alone, and gone with it.

export interface Session {
  token: string;
  subject: string;
  roles: readonly string[];
  /** When the token ends, in milliseconds since 1970. */
  endsAt: number;
  /** The server refused the token, or it has ended: nothing works until there is another. */
  spent: boolean;
  /** Where it came from: a person who pasted it, or the identity provider. */
  by: Origin;
  /** The next one comes by itself. */
  renews: boolean;
}

export type Origin = 'token' | 'provider';

export type TokenProblem = 'unreadable' | 'ended' | 'otherPerson' | 'refused';

export class TokenError extends Error {
  constructor(readonly problem: TokenProblem) {
    super(problem);
  }
}

const KEY = 'regie-desk:token';
const BY = 'regie-desk:by';
const SIGNED_OUT = 'regie-desk:signed-out';

export function readToken(text: string, now = Date.now()): Session {
  const token = text.trim().replace(/^bearer\s+/i, '');
  const claims = readClaims(token);
  if (typeof claims.sub !== 'string' || typeof claims.exp !== 'number') throw new TokenError('unreadable');
  const endsAt = claims.exp * 1000;
  if (endsAt <= now) throw new TokenError('ended');
  const roles = Array.isArray(claims.roles) ? claims.roles : [];
  return { token, subject: claims.sub, roles, endsAt, spent: false, by: 'token', renews: false };
}

function readClaims(token: string): { sub?: unknown; exp?: unknown; roles?: unknown } {
  const middle = token.split('.')[1];
  try {
    const bytes = atob(middle!.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return Object(JSON.parse(text));
  } catch {
    throw new TokenError('unreadable');
  }
}

/** The token of a link that signs in (`#token=…`), which the address then forgets. */
function takeLinkedToken(): string | null {
  const [, token] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (token === undefined) return null;
  history.replaceState(null, '', location.pathname);
  return decodeURIComponent(token);
}

/** One for the page. Made to be read with React's `useSyncExternalStore`. */
export class SessionStore {
  private session: Session | null = null;
  private listeners = new Set<() => void>();

  constructor() {
    const linked = takeLinkedToken();
    if (linked !== null) {
      sessionStorage.setItem(KEY, linked);
      sessionStorage.removeItem(BY);
    }
    const kept = sessionStorage.getItem(KEY);
    try {
      const isProviders = sessionStorage.getItem(BY) === 'provider';
      if (kept) this.session = { ...readToken(kept), ...(isProviders && { by: 'provider', renews: true }) };
    } catch {
      sessionStorage.removeItem(KEY);
    }
  }

  get = () => this.session;

  /** Whoever signed out here is not signed in again unasked. */
  get hasSignedOut() {
    return sessionStorage.getItem(SIGNED_OUT) !== null;
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Signs in or, when somebody is, goes on by their next token. Throws a TokenError. */
  signIn(text: string, by: Origin = 'token', renews = false) {
    const next = { ...readToken(text), by, renews };
    if (this.session && this.session.subject !== next.subject) throw new TokenError('otherPerson');
    sessionStorage.setItem(KEY, next.token);
    sessionStorage.setItem(BY, by);
    sessionStorage.removeItem(SIGNED_OUT);
    this.set(next);
  }

  signOut() {
    sessionStorage.removeItem(KEY);
    sessionStorage.removeItem(BY);
    sessionStorage.setItem(SIGNED_OUT, 'yes');
    this.set(null);
  }

  /** The server does not take this token (any more). */
  refuse(token: string) {
    if (this.session?.token === token && !this.session.spent) this.set({ ...this.session, spent: true });
  }

  /** No other token comes by itself. */
  lapse() {
    if (this.session?.renews) this.set({ ...this.session, renews: false });
  }

  /** Waits for a token that may be worth something; for ever, once it is `over`. */
  usable(over: AbortSignal): Promise<Session> {
    return new Promise((resolve) => {
      const look = () => {
        const session = this.session;
        if (!session || session.spent || session.endsAt <= Date.now()) return;
        forget();
        resolve(session);
      };
      const forget = () => {
        this.listeners.delete(look);
        over.removeEventListener('abort', forget);
      };
      if (over.aborted) return;
      over.addEventListener('abort', forget);
      this.listeners.add(look);
      look();
    });
  }

  private set(session: Session | null) {
    this.session = session;
    for (const listener of [...this.listeners]) listener();
  }
}
