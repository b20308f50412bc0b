// Entry of the page: who is signed in decides whether there is a desk, or a form to sign in.
import { createAccount } from './account.js';
import { openDesk } from './desk.js';
import { showHeader } from './header/index.js';
import { createLive } from './live/index.js';
import { createPeople } from './people.js';
import { createSession } from './session.js';
import './regie.css';

const session = createSession();
const people = createPeople(session);
// A demo that begins has nobody yet; everywhere else this takes no time.
await people.begin();
const account = createAccount(session, people);
const live = createLive(session);
showHeader({ session, people, account, live });
if (session.token !== null) openDesk({ session, account, live });
