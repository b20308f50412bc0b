// The bar above GraphiQL, put together: who is signed in, how to become another, what runs live.

import { showIdentity } from './identity.js';
import { showLive } from './live.js';
import { showSignIn } from './sign-in.js';
import { showSwitch } from './switch.js';

export function showHeader({ session, people, account, live }) {
  showSwitch(session, people);
  showIdentity(session, account);
  showSignIn(session, account, people);
  showLive(live);
  account.ask();
}
