// What the server says of who is signed in: roles, scope, permissions, and until when.

import { post } from './request.js';

const ME = `query Me {
  viewer {
    subject
    roles
    permissions
    scope { isAll queues { name } }
    channels
    tokenExpiresAt
    agent { name }
  }
}`;

/** Follows the session: `viewer` is the server's answer, null until there is one. */
export function createAccount(session, people) {
  const listeners = new Set();
  let refused = null;

  const account = {
    viewer: null,
    /** When the token ends, in milliseconds; undefined when nobody knows. */
    get endsAt() {
      if (account.viewer) return Date.parse(account.viewer.tokenExpiresAt);
      const { exp } = session.claims ?? {};
      return typeof exp === 'number' ? exp * 1000 : undefined;
    },
    /** `out`, `in`, `expired`, or `refused` by the server. */
    get state() {
      if (session.token === null) return 'out';
      if (account.endsAt !== undefined && account.endsAt <= Date.now()) return 'expired';
      return refused === null ? 'in' : 'refused';
    },
    /** Why the server refused the token. */
    get refusal() {
      return refused;
    },
    /** The server answered that the token is worth nothing. */
    async refuse(reason) {
      if (refused !== null) return;
      refused = reason ?? 'the server gave no reason';
      if (!(await people.renew())) tell();
    },
    /** Asks the server who this is. */
    async ask() {
      if (session.token === null) return;
      const asked = session.token;
      const answer = await post({ query: ME }, asked, account.refuse);
      if (asked !== session.token) return;
      account.viewer = answer.data?.viewer ?? null;
      tell();
    },
    onChange: (listener) => listeners.add(listener),
  };
  const tell = () => listeners.forEach((listener) => listener());

  session.onRenewed(() => {
    refused = null;
    account.viewer = null;
    tell();
    account.ask();
  });
  return account;
}
