// The desk of who is signed in: what is ongoing or past on the left, one of them on the right.

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useQuery } from 'urql';
import type { Connection } from '../api/connection';
import type { Session, SessionStore } from '../api/session';
import { graphql } from '../gql';
import { everything, type View } from '../live/view';
import { useText } from '../text';
import { everythingPast, type PastView } from '../live/pastView';
import { LiveList } from './LiveList';
import { Panel } from './Panel';
import { Past } from './Past';
import { Unread } from './ReadTrouble';
import { TokenNotice } from './TokenNotice';
import { TopBar } from './TopBar';

const Me = graphql(`
  query Me {
    viewer {
      subject
      roles
      scope {
        queues {
          id
          name
        }
      }
    }
  }
`);

/** As in styles/list.css. */
const NARROW = '(max-width: 68rem)';

interface Props {
  session: SessionStore;
  signedIn: Session;
  connection: Connection;
}

export function Desk({ session, signedIn, connection }: Props) {
  const { t } = useText();
  const [{ data, error }, askWho] = useQuery({ query: Me });
  const [view, setView] = useState<View>(everything);
  const [past, setPast] = useState<PastView>(everythingPast);
  const [isPast, setIsPast] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useRef<HTMLElement>(null);
  const queues = data?.viewer.scope.queues ?? [];

  const close = () => {
    // Back to where one came from, for whoever has no mouse.
    const row = list.current?.querySelector<HTMLElement>('[aria-current="true"]');
    setChosen(null);
    requestAnimationFrame(() => row?.focus());
  };

  useEffect(() => {
    if (!chosen) return;
    const onKey = (event: KeyboardEvent) => {
      // A dialog closes itself first.
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  return (
    <>
      <TopBar>
        <ConnectionPill connection={connection} />
        <span className="me">
          <span className="subject">{t.signIn.signedInAs(signedIn.subject)}</span>
          <button type="button" className="quiet" onClick={() => session.signOut()}>
            {t.signIn.signOut}
          </button>
        </span>
      </TopBar>
      <TokenNotice session={session} signedIn={signedIn} />
      {error && <Unread error={error} again={askWho} />}
      {data && !data.viewer.roles.includes('SUPERVISOR') && <p className="notice">{t.signIn.notSupervisor}</p>}
      <main className="desk" data-open={chosen !== null}>
        <section ref={list} className="ongoing" aria-labelledby={isPast ? 'past' : 'ongoing'}>
          <nav className="views" aria-label={t.views}>
            <button type="button" aria-current={isPast ? undefined : 'page'} onClick={() => setIsPast(false)}>
              {t.list.short}
            </button>
            <button type="button" aria-current={isPast ? 'page' : undefined} onClick={() => setIsPast(true)}>
              {t.past.short}
            </button>
          </nav>
          {isPast ? (
            <Past view={past} onView={setPast} queues={queues} chosen={chosen} onChoose={setChosen} />
          ) : (
            <LiveList view={view} onView={setView} queues={queues} chosen={chosen} onChoose={setChosen} />
          )}
        </section>
        {chosen ? (
          <Panel
            key={chosen}
            id={chosen}
            me={signedIn.subject}
            onClose={close}
            onCustomer={(customer) => {
              setPast({ ...everythingPast, customer });
              setIsPast(true);
              // Where there is room for one thing only, the list is what was asked for.
              if (matchMedia(NARROW).matches) setChosen(null);
            }}
          />
        ) : (
          <aside className="panel choose">
            <p>{t.panel.choose}</p>
          </aside>
        )}
      </main>
    </>
  );
}

function ConnectionPill({ connection }: { connection: Connection }) {
  const { t } = useText();
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  return (
    <span className="connection" data-state={state} role="status" aria-label={t.connectionLabel}>
      <span className="dot" aria-hidden="true" />
      {t.connection[state]}
      {state === 'lost' && <span className="visually-hidden">. {t.connectionLost}</span>}
    </span>
  );
}
