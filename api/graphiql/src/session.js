// Who is signed in in this tab. The token is read here, never verified: only the server's
// answer says what it is worth.

const KEY = 'regie:token';

/** The session of this tab: a token from an earlier load, or from a `#token=` link. */
export function createSession() {
  const listeners = new Set();
  let token = null;
  let claims = null;

  const set = (text) => {
    token = text;
    claims = text === null ? null : readClaims(text);
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
    listeners.forEach((listener) => listener());
  };

  const session = {
    get token() {
      return token;
    },
    get claims() {
      return claims;
    },
    /** Signs in, or throws an Error that says what is wrong with the text. */
    signIn(text) {
      const bare = text.trim().replace(/^bearer\s+/i, '');
      readClaims(bare);
      set(bare);
    },
    signOut: () => set(null),
    onChange: (listener) => listeners.add(listener),
  };

  const stored = sessionStorage.getItem(KEY);
  if (stored !== null) {
    try {
      session.signIn(stored);
    } catch {
      session.signOut();
    }
  }
  // A link that signs in. The token leaves the address at once, so that it is neither
  // bookmarked, nor shared, nor in the history.
  const fromAddress = () => {
    const link = new URLSearchParams(location.hash.slice(1)).get('token');
    if (link === null) return;
    history.replaceState(null, '', location.pathname + location.search);
    try {
      session.signIn(link);
    } catch {
      session.signOut();
    }
  };
  addEventListener('hashchange', fromAddress);
  fromAddress();
  return session;
}

function readClaims(token) {
  const parts = token.split('.');
  if (parts.length !== 3) throw new Error('That is not a token: it has no three parts.');
  try {
    const text = atob(parts[1].replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims === 'object' && claims !== null) return claims;
  } catch {
    // Falls through to the one message for every unreadable middle part.
  }
  throw new Error('That is not a token: its middle part cannot be read.');
}
