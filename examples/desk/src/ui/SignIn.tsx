// A token is pasted, and read only to say at once when it cannot work.

import { type FormEvent, useEffect, useId, useState } from 'react';
import { type SamplePerson, samplePeople } from '../api/demo';
import { type SessionStore, TokenError, type TokenProblem } from '../api/session';
import { useText } from '../text';

export function SignIn({ session }: { session: SessionStore }) {
  const { t } = useText();
  const [people, setPeople] = useState<readonly SamplePerson[]>([]);
  useEffect(() => void samplePeople().then(setPeople), []);
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
      <p>{t.signIn.intro}</p>
      <TokenForm session={session} label={t.signIn.token} submit={t.signIn.submit} />
      <p className="quiet">{t.signIn.kept}</p>
    </main>
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
