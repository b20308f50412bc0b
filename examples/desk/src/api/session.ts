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
}

export type TokenProblem = 'unreadable' | 'ended' | 'otherPerson' | 'refused';

export class TokenError extends Error {
  constructor(readonly problem: TokenProblem) {
    super(problem);
  }
}

const KEY = 'regie-desk:token';

export function readToken(text: string, now = Date.now()): Session {
  const token = text.trim().replace(/^bearer\s+/i, '');
  const claims = readClaims(token);
  if (typeof claims.sub !== 'string' || typeof claims.exp !== 'number') throw new TokenError('unreadable');
  const endsAt = claims.exp * 1000;
  if (endsAt <= now) throw new TokenError('ended');
  const roles = Array.isArray(claims.roles) ? claims.roles : [];
  return { token, subject: claims.sub, roles, endsAt, spent: false };
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

/** One for the page. Made to be read with React's `useSyncExternalStore`. */
export class SessionStore {
  private session: Session | null = null;
  private listeners = new Set<() => void>();

  constructor() {
    const kept = sessionStorage.getItem(KEY);
    try {
      if (kept) this.session = readToken(kept);
    } catch {
      sessionStorage.removeItem(KEY);
    }
  }

  get = () => this.session;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Signs in or, when somebody is, goes on by their next token. Throws a TokenError. */
  signIn(text: string) {
    const next = readToken(text);
    if (this.session && this.session.subject !== next.subject) throw new TokenError('otherPerson');
    sessionStorage.setItem(KEY, next.token);
    this.set(next);
  }

  signOut() {
    sessionStorage.removeItem(KEY);
    this.set(null);
  }

  /** The server does not take this token (any more). */
  refuse(token: string) {
    if (this.session?.token === token && !this.session.spent) this.set({ ...this.session, spent: true });
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
