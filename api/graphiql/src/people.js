// The sample users of a demo. Only the demo's page names where they are to be had, so elsewhere
// nothing is asked for; and it hands them to nobody but this machine.

const ASK_AGAIN = 1000;
/** A server that refuses even what it just gave is not asked again at once. */
const RENEW_AGAIN = 10_000;

/** Signs in the first sample user of a demo, and lets another take their place. */
export function createPeople(session) {
  const address = document.querySelector('meta[name="regie-people"]')?.content;
  let people = [];
  let renewedAt = 0;

  const ask = async () => {
    try {
      const response = await fetch(new URL(address, location.href), { cache: 'no-store' });
      return response.ok ? (await response.json()).people : null;
    } catch {
      return null;
    }
  };
  const named = (subject) => people.find((person) => person.subject === subject);

  return {
    /** Who there is: subject, and what they may. Empty elsewhere than in a demo. */
    get all() {
      return people;
    },
    /** Waits for a demo that begins, and signs in whoever belongs there. */
    async begin() {
      if (address === undefined) return;
      for (;;) {
        const answer = await ask();
        // Null is a server that is not there; the page says so when it asks who one is.
        people = answer ?? [];
        if (answer === null || answer.length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
      }
      if (session.token === null && !session.isSignedOut && people.length > 0) {
        session.begin(people[0].token);
      }
    },
    /** Signs in as this sample user. */
    become(subject) {
      const person = named(subject);
      if (person) session.signIn(person.token);
    },
    /**
     * A new token for the sample user who is signed in, when the old one has ended or came from a
     * demo that was stopped. False when there is none to be had.
     */
    async renew() {
      const subject = session.claims?.sub;
      if (named(subject) === undefined || Date.now() - renewedAt < RENEW_AGAIN) return false;
      renewedAt = Date.now();
      people = (await ask()) ?? people;
      const next = named(subject)?.token;
      if (next === undefined || next === session.token) return false;
      session.signIn(next);
      return true;
    },
  };
}
