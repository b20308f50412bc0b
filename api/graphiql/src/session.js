// Who is signed in in this tab. The token is read here, never verified: only the server's
// answer says what it is worth. It lives in this tab's session storage and ends with the tab.
//
// Another person means another page: a change of subject loads the page anew, so that nothing of
// the one before is left, neither a running subscription nor what they saw. A newer token of the
// same subject changes nothing but the token.

const TOKEN = 'regie:token';
const SIGNED_OUT = 'regie:signed-out';

/** The session of this tab: a token from an earlier load, or from a `#token=` link. */
export function createSession() {
  const listeners = new Set();
  let token = null;
  let claims = null;

  const keep = (text) => {
    claims = readClaims(text);
    token = text;
    sessionStorage.setItem(TOKEN, text);
    sessionStorage.removeItem(SIGNED_OUT);
  };

  const session = {
    get token() {
      return token;
    },
    get claims() {
      return claims;
    },
    /** Whether somebody signed out in this tab, so that nobody is signed in unasked. */
    get isSignedOut() {
      return sessionStorage.getItem(SIGNED_OUT) !== null;
    },
    /** Signs in, or throws an Error that says what is wrong with the text. */
    signIn(text) {
      const bare = text.trim().replace(/^bearer\s+/i, '');
      const { sub } = readClaims(bare);
      const isSame = claims !== null && claims.sub === sub;
      keep(bare);
      if (isSame) listeners.forEach((listener) => listener());
      else location.reload();
    },
    /** Signs in before there is a page to load anew. */
    begin: keep,
    signOut() {
      sessionStorage.removeItem(TOKEN);
      sessionStorage.setItem(SIGNED_OUT, 'yes');
      location.reload();
    },
    /** Called when the subject has a newer token, until the function that it returns is. */
    onRenewed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  try {
    const stored = sessionStorage.getItem(TOKEN);
    if (stored !== null) keep(stored);
  } catch {
    sessionStorage.removeItem(TOKEN);
  }
  const link = takeLink();
  if (link !== null) tryTo(() => keep(link));
  addEventListener('hashchange', () => {
    const later = takeLink();
    if (later !== null) tryTo(() => session.signIn(later));
  });
  return session;
}

/**
 * The token of a link that signs in. It leaves the address at once, so that it is neither
 * bookmarked, nor shared, nor in the history.
 */
function takeLink() {
  const link = new URLSearchParams(location.hash.slice(1)).get('token');
  if (link !== null) history.replaceState(null, '', location.pathname + location.search);
  return link;
}

/** An unreadable link signs nobody in; whoever was signed in stays. */
function tryTo(act) {
  try {
    act();
  } catch {
    return;
  }
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
