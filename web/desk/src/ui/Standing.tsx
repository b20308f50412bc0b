// How it stands with connection and sign-in: one mark, and one sentence where something is wrong. What ended by the token
// is said of the token, and of nothing else.

import { useConnection } from 'regie-client/react';
import type { Provider } from '../api/provider';
import type { Session, SessionStore } from '../api/session';
import { useText } from '../text';
import { duration, useNow } from '../time';
import { ProviderButton, TokenForm } from './SignIn';

const ASK_BEFORE_MS = 5 * 60_000;

type Standing = 'connecting' | 'live' | 'cutOff' | 'ended';

const hasEnded = (session: Session, now: number) => session.spent || session.endsAt <= now;

export function ConnectionMark({ signedIn }: { signedIn: Session }) {
  const { t } = useText();
  const now = useNow();
  const state = useConnection();
  const standing: Standing = hasEnded(signedIn, now) ? 'ended' : state.status;
  return (
    <span className="connection" data-state={standing} role="status" aria-label={t.connectionLabel}>
      <span className="dot" aria-hidden="true" />
      {t.connection[standing]}
    </span>
  );
}

/** Why nothing can be done at the moment, in one sentence; null where all is well. */
export function useWhyNot(signedIn: Session): string | null {
  const { t } = useText();
  const now = useNow();
  const state = useConnection();
  if (hasEnded(signedIn, now)) return t.token.ended;
  return state.status === 'cutOff' || state.status === 'ended' ? t.connectionLost : null;
}

interface NoticeProps {
  session: SessionStore;
  provider: Provider | null;
  signedIn: Session;
}

export function StandingNotice({ session, provider, signedIn }: NoticeProps) {
  const { t } = useText();
  const now = useNow();
  const why = useWhyNot(signedIn);
  const ended = hasEnded(signedIn, now);
  const left = signedIn.endsAt - now;
  // What renews itself is nobody's concern until it has ended.
  if (!why && (left > ASK_BEFORE_MS || signedIn.renews)) return null;
  return (
    <section className="notice" data-grave={why !== null} aria-label={t.connectionLabel}>
      <p role={why ? 'alert' : undefined}>{why ?? t.token.ending(duration(left))}</p>
      {(ended || !why) &&
        (provider && signedIn.by === 'provider' ? (
          <ProviderButton provider={provider} label={t.signIn.again} />
        ) : (
          <TokenForm key={signedIn.token} session={session} label={t.token.next} submit={t.token.submit} />
        ))}
    </section>
  );
}
