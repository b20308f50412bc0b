// Signing in at the identity provider, where the page names one: OpenID Connect, by the code flow with PKCE. The tokens are
// kept in the tab, as pasted ones are; the next one comes by the refresh token, where the provider gives one.

import type { UserManager } from 'oidc-client-ts';
import { readToken, type SessionStore } from './session';

interface Named {
  issuer: string;
  clientId: string;
  scope: string;
  parameters: Record<string, string>;
}

/** How a sign-in came back: `failed` where the provider refused it, or it was not begun in this tab. */
export type CameBack = 'nothing' | 'signedIn' | 'failed';

/** Before a token ends its successor is fetched; of one that is left less than five times that, in its last fifth. */
const RENEW_BEFORE_MS = 60_000;
const AGAIN_MS = 5_000;
/** What was given right now is not asked for again at once where the server refuses it. */
const REFUSED_AGAIN_MS = 15_000;
const MOST_REFUSALS = 4;
/** Timers count in 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** What a provider adds to the address. */
const ADDED = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss', 'session_state'];

function named(): Named | null {
  const said = document.querySelector<HTMLMetaElement>('meta[name="regie-sign-in"]')?.content;
  return said ? (JSON.parse(said) as Named) : null;
}

/** Where the person comes back to: the page without what its address says of it. */
const page = () => location.origin + location.pathname;

/** Null where the page names no provider. */
export function signInProvider(session: SessionStore): Provider | null {
  const at = named();
  return at && new Provider(at, session);
}

export class Provider {
  private loading: Promise<UserManager> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isRenewing = false;
  private renewedAt = 0;
  /** How many tokens the server refused since one worked. */
  private refusals = 0;

  constructor(
    private readonly at: Named,
    private readonly session: SessionStore,
  ) {}

  /** Takes up a sign-in that comes back, or one that this tab had, and keeps it going. */
  async begin(): Promise<CameBack> {
    const came = await this.comeBack();
    if (came === 'nothing' && !this.session.get() && !this.session.hasSignedOut) await this.resume();
    this.session.subscribe(() => this.look());
    this.look();
    return came;
  }

  /** Leaves for the provider; comes back to what the address shows now. Throws where the provider cannot be reached. */
  async signIn() {
    const manager = await this.manager();
    await manager.signinRedirect({ state: { hash: location.hash } });
  }

  /** Ends it here, and at the provider where that can be ended. */
  async signOut() {
    clearTimeout(this.timer);
    const isOurs = this.session.get()?.by === 'provider';
    this.session.signOut();
    if (!isOurs) return;
    const manager = await this.manager();
    // Not every provider can take them back, or be signed out of.
    await manager.revokeTokens(['refresh_token']).catch(() => {});
    await manager.signoutRedirect({ post_logout_redirect_uri: page() }).catch(() => manager.removeUser());
  }

  private manager(): Promise<UserManager> {
    return (this.loading ??= import('oidc-client-ts').then(({ UserManager, WebStorageStateStore }) => {
      const store = () => new WebStorageStateStore({ store: sessionStorage, prefix: 'regie-desk:oidc:' });
      return new UserManager({
        authority: this.at.issuer,
        client_id: this.at.clientId,
        scope: this.at.scope,
        redirect_uri: page(),
        extraQueryParams: this.at.parameters,
        extraTokenParams: this.at.parameters,
        userStore: store(),
        stateStore: store(),
        automaticSilentRenew: false,
      });
    }));
  }

  private async comeBack(): Promise<CameBack> {
    const asked = new URLSearchParams(location.search);
    if (!ADDED.some((name) => asked.has(name))) return 'nothing';
    const address = location.href;
    const leave = (hash: string) => history.replaceState(null, '', location.pathname + hash);
    // Somebody who has signed out comes back with no answer to a sign-in.
    if (!asked.has('code') && !asked.has('error')) {
      leave(location.hash);
      return 'nothing';
    }
    try {
      const user = await (await this.manager()).signinRedirectCallback(address);
      const { hash } = Object(user.state) as { hash?: unknown };
      leave(typeof hash === 'string' && hash.startsWith('#/') ? hash : '');
      dispatchEvent(new HashChangeEvent('hashchange'));
      // Somebody else may have signed in than who was here before.
      if (this.session.get()?.subject !== readToken(user.access_token).subject) this.session.signOut();
      this.session.signIn(user.access_token, 'provider', Boolean(user.refresh_token));
      return 'signedIn';
    } catch {
      leave('');
      return 'failed';
    }
  }

  /** The tab was asleep, or loaded again, when its token ended. */
  private async resume() {
    if (!Object.keys(sessionStorage).some((key) => key.startsWith('regie-desk:oidc:user:'))) return;
    await this.next().catch(() => {});
  }

  /** Plans when the next token is fetched. */
  private look() {
    clearTimeout(this.timer);
    const signedIn = this.session.get();
    if (signedIn?.by !== 'provider' || !signedIn.renews) return;
    if (signedIn.spent) {
      this.refusals += 1;
      if (this.refusals > MOST_REFUSALS) return this.session.lapse();
      return this.wake(this.renewedAt + REFUSED_AGAIN_MS - Date.now());
    }
    const left = signedIn.endsAt - Date.now();
    this.wake(left - Math.min(RENEW_BEFORE_MS, left / 5));
  }

  private wake(inMs: number) {
    clearTimeout(this.timer);
    const isFar = inMs > LONGEST_TIMER_MS;
    this.timer = setTimeout(() => (isFar ? this.look() : void this.renew()), isFar ? LONGEST_TIMER_MS : Math.max(inMs, 0));
  }

  private async renew() {
    if (this.isRenewing) return;
    this.isRenewing = true;
    try {
      if (!this.session.get()?.spent) this.refusals = 0;
      if (!(await this.next())) this.session.lapse();
    } catch (error) {
      // What the provider refuses, it refuses again; what did not reach it may yet.
      if (Object(error).name === 'ErrorResponse') this.session.lapse();
      else this.wake(AGAIN_MS);
    } finally {
      this.isRenewing = false;
    }
  }

  /** Fetches the next token. False: there is none to be had without the person. */
  private async next(): Promise<boolean> {
    const manager = await this.manager();
    const user = await manager.getUser();
    if (!user?.refresh_token) return false;
    const renewed = await manager.signinSilent({ extraTokenParams: this.at.parameters });
    if (!renewed || this.session.hasSignedOut) return false;
    this.renewedAt = Date.now();
    this.session.signIn(renewed.access_token, 'provider', Boolean(renewed.refresh_token));
    return true;
  }
}
