// A token that nears its end is asked for its successor while everything still runs: the open
// connection goes on by the next one, and no monitor session is lost.

import type { Session, SessionStore } from '../api/session';
import { useText } from '../text';
import { duration, useNow } from '../time';
import { TokenForm } from './SignIn';

const ASK_BEFORE_MS = 5 * 60_000;

export function TokenNotice({ session, signedIn }: { session: SessionStore; signedIn: Session }) {
  const { t } = useText();
  const left = signedIn.endsAt - useNow();
  const ended = signedIn.spent || left <= 0;
  if (!ended && left > ASK_BEFORE_MS) return null;
  return (
    <section className="notice" data-grave={ended}>
      <p>
        <span role={ended ? 'alert' : undefined}>{ended ? t.token.ended : t.token.ending(duration(left))}</span>
      </p>
      <TokenForm
        key={signedIn.token}
        session={session}
        label={t.token.next}
        submit={t.token.submit}
        problem={signedIn.spent ? 'refused' : null}
      />
    </section>
  );
}
