// Signing in: at the identity provider where there is one, or by a token that is pasted, and read only to say at once when it
// cannot work.

import { type FormEvent, useEffect, useId, useState } from 'react';
import { type SamplePerson, samplePeople } from '../api/demo';
import type { Provider } from '../api/provider';
import { type SessionStore, TokenError, type TokenProblem } from '../api/session';
import { useText } from '../text';

interface Props {
  session: SessionStore;
  provider: Provider | null;
  /** A sign-in at the provider did not come through. */
  failed: boolean;
}

export function SignIn({ session, provider, failed }: Props) {
  const { t } = useText();
  const [people, setPeople] = useState<readonly SamplePerson[]>([]);
  useEffect(() => void samplePeople().then(setPeople), []);
  const form = (
    <>
      <p>{t.signIn.intro}</p>
      <TokenForm session={session} label={t.signIn.token} submit={provider ? t.signIn.submitToken : t.signIn.submit} />
      <p className="quiet">{t.signIn.kept}</p>
    </>
  );
  return (
    <main className="sign-in">
      <h1>{t.signIn.heading}</h1>
      {people.length > 0 && (
        <p className="demo">
          {t.signIn.demo}
          {people.map(({ subject, token }) => (
            <button key={subject} type="button" className="primary" onClick={() => session.signIn(token)}>
              {subject}
            </button>
          ))}
        </p>
      )}
      {provider ? (
        <>
          <p>{t.signIn.atProvider}</p>
          <ProviderButton provider={provider} label={t.signIn.submit} problem={failed ? t.signIn.failed : null} />
          <details>
            <summary>{t.signIn.byToken}</summary>
            {form}
          </details>
        </>
      ) : (
        form
      )}
    </main>
  );
}

/** Leaves for the provider. */
export function ProviderButton({ provider, label, problem = null }: { provider: Provider; label: string; problem?: string | null }) {
  const { t } = useText();
  const [isLeaving, setLeaving] = useState(false);
  const [found, setFound] = useState<string | null>(problem);
  const leave = () => {
    if (isLeaving) return;
    setLeaving(true);
    setFound(null);
    provider.signIn().catch(() => {
      setLeaving(false);
      setFound(t.signIn.unreachable);
    });
  };
  return (
    <div className="at-provider">
      <button type="button" className="primary" aria-disabled={isLeaving} onClick={leave}>
        {label}
      </button>
      <p className="problem" role="alert">
        {found}
      </p>
    </div>
  );
}

export function TokenForm(props: { session: SessionStore; label: string; submit: string; problem?: TokenProblem | null }) {
  const { t } = useText();
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<TokenProblem | null>(null);
  const problem = found ?? props.problem;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      props.session.signIn(text);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      setFound(error.problem);
    }
  };

  return (
    <form className="token" onSubmit={submit}>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        required
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
      />
      <button type="submit" className="primary">
        {props.submit}
      </button>
      <p id={`${id}-problem`} className="problem" role="alert">
        {problem && t.signIn.problem[problem]}
      </p>
    </form>
  );
}
