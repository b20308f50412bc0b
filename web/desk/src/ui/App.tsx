// Signed in or not; and for who is, one connection for as long as they are.

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Connection } from 'regie-client';
import { ConnectionProvider } from 'regie-client/react';
import { AlertCenter } from '../alerts/center';
import { openConnection } from '../api/connect';
import type { CameBack, Provider } from '../api/provider';
import type { SessionStore } from '../api/session';
import { useText } from '../text';
import { Desk } from './Desk';
import { SignIn } from './SignIn';
import { TopBar } from './TopBar';

interface Props {
  session: SessionStore;
  /** Where people sign in; null where they paste a token. */
  provider: Provider | null;
  /** How a sign-in at the provider came back; nothing where there is no provider. */
  came: Promise<CameBack> | undefined;
}

export function App({ session, provider, came }: Props) {
  const { t } = useText();
  const [outcome, setOutcome] = useState<CameBack | null>(came ? null : 'nothing');
  useEffect(() => void came?.then(setOutcome), [came]);
  const signedIn = useSyncExternalStore(session.subscribe, session.get);
  const subject = signedIn?.subject;
  const [opened, setOpened] = useState<{ connection: Connection; center: AlertCenter } | null>(null);

  useEffect(() => {
    if (!subject) return;
    const connection = openConnection(session);
    const center = new AlertCenter(connection, subject);
    setOpened({ connection, center });
    return () => {
      setOpened(null);
      center.close();
      connection.close();
    };
  }, [session, subject]);

  // Whoever is signed in has alerts counted in it.
  useEffect(() => {
    if (!subject) document.title = t.title;
  }, [subject, t]);

  if (signedIn && opened) {
    return (
      <ConnectionProvider connection={opened.connection}>
        <Desk session={session} provider={provider} signedIn={signedIn} center={opened.center} />
      </ConnectionProvider>
    );
  }
  return (
    <>
      <TopBar />
      {!signedIn && (outcome ? <SignIn session={session} provider={provider} failed={outcome === 'failed'} /> : <p className="empty">{t.signIn.busy}</p>)}
    </>
  );
}
