// The form for a token: the page itself while nobody is signed in, a banner when the token has
// ended or is refused, and at hand behind a button otherwise.

import { element, setText } from './dom.js';

export function showSignIn(session, account, people) {
  const form = element('sign-in');
  const field = element('token');
  const button = element('another');
  let isAsked = false;
  let last = null;
  let isRenewing = false;

  const show = () => {
    const { state } = account;
    form.hidden = state === 'in' && !isAsked;
    form.dataset.state = state;
    button.hidden = state !== 'in';
    button.setAttribute('aria-expanded', String(!form.hidden));
    setText(element('why'), why(state, session, account));
    document.body.dataset.signedIn = String(session.token !== null);
    if (state === 'expired' && last !== 'expired' && !isRenewing) {
      // A sample user's next token is the demo's to give; everybody else is asked for it.
      isRenewing = true;
      people.renew().finally(() => (isRenewing = false));
    }
    last = state;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    try {
      session.signIn(field.value);
      field.value = '';
      field.setCustomValidity('');
      isAsked = false;
      show();
    } catch (error) {
      field.setCustomValidity(error.message);
      field.reportValidity();
    }
  });
  form.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !isAsked) return;
    isAsked = false;
    show();
    button.focus();
  });
  field.addEventListener('input', () => field.setCustomValidity(''));
  button.addEventListener('click', () => {
    isAsked = !isAsked;
    show();
    if (isAsked) field.focus();
  });
  account.onChange(show);
  setInterval(show, 1000);
  show();
}

/** How to come by a token, where the page is not a demo's, which has its sample users. */
const minting = () =>
  document.querySelector('meta[name="regie-people"]')
    ? ''
    : " Whoever runs the server makes one: regie token --sub sam --role supervisor --queues '*' --permissions all";

function why(state, session, account) {
  const { sub } = session.claims ?? {};
  if (state === 'out') return `Paste a token to sign in. It stays in this tab and is forgotten with it.${minting()}`;
  if (state === 'refused') {
    const reason = account.refusal.replace(/\.$/, '');
    return `The server refused the token of ${sub}: ${reason}. Paste another one.`;
  }
  if (state === 'expired') {
    const time = new Date(account.endsAt).toLocaleTimeString();
    return `The token of ${sub} ended at ${time}. Paste the next one: what runs live goes on where it stopped.`;
  }
  return `Paste a newer token of ${sub} to go on with its rights, or another person's to become them.`;
}
