// The sample users of a demo. Only the demo's page names where they are to be had, so elsewhere nothing is asked for; and it
// hands them to nobody but this machine.

import { readToken, type SessionStore } from './session';

export interface SamplePerson {
  subject: string;
  what: string;
  token: string;
}

const ASK_AGAIN_MS = 1_000;
/** A server that refuses even what it just gave is not asked again at once. */
const RENEW_AGAIN_MS = 10_000;

const address = () => document.querySelector<HTMLMetaElement>('meta[name="regie-people"]')?.content;

async function ask(): Promise<readonly SamplePerson[] | null> {
  const path = address();
  if (path === undefined) return [];
  try {
    const response = await fetch(new URL(path, location.href), { cache: 'no-store' });
    return response.ok ? ((await response.json()) as { people: SamplePerson[] }).people : null;
  } catch {
    return null;
  }
}

/** Those who have something to do at a desk. */
const supervisors = (people: readonly SamplePerson[]) =>
  people.filter(({ token }) => readToken(token).roles.includes('SUPERVISOR'));

export async function samplePeople(): Promise<readonly SamplePerson[]> {
  return supervisors((await ask()) ?? []);
}

/** Signs the first of them in where nobody is signed in or has signed out; waits for a demo that begins. */
export async function signInToDemo(session: SessionStore) {
  if (address() === undefined) return;
  for (;;) {
    if (session.get() || session.hasSignedOut) return;
    const people = await ask();
    const [first] = supervisors(people ?? []);
    if (first && !session.get() && !session.hasSignedOut) return session.signIn(first.token);
    await wait(ASK_AGAIN_MS);
  }
}

/** A sample user whose token ends, or came from a demo that was stopped, goes on by a new one, once there is one. */
export function renewInDemo(session: SessionStore) {
  if (address() === undefined) return;
  let renewing = false;
  let renewedAt = 0;
  const renew = async () => {
    renewing = true;
    for (let signedIn = session.get(); signedIn?.spent; signedIn = session.get()) {
      await wait(Math.max(ASK_AGAIN_MS, renewedAt + RENEW_AGAIN_MS - Date.now()));
      const { subject, token } = signedIn;
      const same = (await ask())?.find((person) => person.subject === subject);
      if (!same || same.token === token || session.get() !== signedIn) continue;
      renewedAt = Date.now();
      session.signIn(same.token);
    }
    renewing = false;
  };
  session.subscribe(() => {
    if (session.get()?.spent && !renewing) void renew();
  });
}

const wait = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
