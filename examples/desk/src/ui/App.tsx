// Signed in or not; and for who is, one client for as long as they are.

import { useEffect, useState, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { type Api, openApi } from '../api/client';
import type { SessionStore } from '../api/session';
import { Desk } from './Desk';
import { SignIn } from './SignIn';
import { TopBar } from './TopBar';

export function App({ session }: { session: SessionStore }) {
  const signedIn = useSyncExternalStore(session.subscribe, session.get);
  const subject = signedIn?.subject;
  const [api, setApi] = useState<Api | null>(null);

  useEffect(() => {
    if (!subject) return;
    const opened = openApi(session);
    setApi(opened);
    return () => {
      setApi(null);
      opened.close();
    };
  }, [session, subject]);

  if (signedIn && api) {
    return (
      <Provider value={api.client}>
        <Desk session={session} signedIn={signedIn} connection={api.connection} />
      </Provider>
    );
  }
  return (
    <>
      <TopBar />
      {!signedIn && <SignIn session={session} />}
    </>
  );
}
