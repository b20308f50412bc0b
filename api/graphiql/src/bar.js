// The bar above GraphiQL: sign in and out, who this is, how long it lasts, the live connection.

const element = (id) => document.getElementById(id);

/** Fills the bar and keeps it current; the answer takes what the fetcher learns. */
export function showBar(session) {
  const field = element('token');
  let refused = false;

  const show = () => {
    const { claims } = session;
    const state = claims === null ? 'out' : refused ? 'refused' : expired(claims) ? 'expired' : 'in';
    setText(element('who'), describe(state, claims));
    // Counted beside the announced text: a screen reader must not hear every second.
    setText(element('left'), state === 'in' ? ` · ${timeLeft(claims)}` : '');
    element('who').dataset.state = state;
    element('sign-out').hidden = claims === null;
    field.placeholder = claims === null ? 'Paste a token' : 'Another token';
  };

  element('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    try {
      session.signIn(field.value);
      field.value = '';
      field.setCustomValidity('');
    } catch (error) {
      field.setCustomValidity(error.message);
      field.reportValidity();
    }
  });
  field.addEventListener('input', () => field.setCustomValidity(''));
  element('sign-out').addEventListener('click', () => {
    session.signOut();
    field.focus();
  });
  session.onChange(() => {
    refused = false;
    show();
  });
  setInterval(show, 1000);
  show();

  return {
    /** The server answered that the token is worth nothing. */
    refuse() {
      refused = true;
      show();
    },
    /** The state of the WebSocket, with a detail when it was lost. */
    live(state, detail) {
      const live = element('live');
      live.dataset.state = state;
      setText(live, detail ? `${state} (${detail})` : state);
    },
  };
}

function describe(state, claims) {
  if (state === 'out') return 'Not signed in.';
  if (state === 'refused') return `The server refused the token of ${claims.sub}.`;
  if (state === 'expired') return `The token of ${claims.sub} has expired.`;
  const parts = [`Signed in as ${claims.sub}`, list(claims.roles) || 'no roles'];
  const queues = list(claims.queues);
  if (queues) parts.push(queues === '*' ? 'all queues' : `queues ${queues}`);
  return parts.join(' · ');
}

const list = (value) => (Array.isArray(value) ? value.join(', ') : (value ?? '').toString());
const expired = ({ exp }) => typeof exp === 'number' && exp * 1000 <= Date.now();

function timeLeft({ exp }) {
  if (typeof exp !== 'number') return 'does not expire';
  const seconds = Math.max(0, Math.round(exp - Date.now() / 1000));
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days > 0) return `expires in ${days} d ${hours} h`;
  if (hours > 0) return `expires in ${hours} h ${minutes} min`;
  if (minutes > 0) return `expires in ${minutes} min`;
  return `expires in ${seconds} s`;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
