// The desk of who is signed in: what is ongoing or past on the left, up to four of them on the right.

import { createContext, useContext, useEffect, useRef } from 'react';
import { useQuery } from 'regie-client/react';
import type { AlertCenter } from '../alerts/center';
import type { Provider } from '../api/provider';
import type { Session, SessionStore } from '../api/session';
import { graphql } from '../gql';
import { everythingPast } from '../live/pastView';
import { everything } from '../live/view';
import { closing, keeping, nothingOpen, opening, usePlaces, VIEWS } from '../place';
import { useReadable } from '../store';
import { useText } from '../text';
import { AlertsView } from './AlertsView';
import { Audit } from './Audit';
import { Conversations } from './Conversations';
import { Panel } from './Panel';
import { Past } from './Past';
import { Unread } from './ReadTrouble';
import { ConnectionMark, StandingNotice, useWhyNot } from './Standing';
import { Toasts } from './Toasts';
import { Team } from './Team';
import { type QueueHere, Today } from './Today';
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
          hours {
            timeZone
          }
        }
      }
    }
  }
`);

/** As in styles/list.css. */
const NARROW = '(max-width: 68rem)';

const WhyNot = createContext<string | null>(null);
/** Why nothing can be done at the moment, in words; null where all is well. */
export const useStanding = () => useContext(WhyNot);

interface Props {
  session: SessionStore;
  provider: Provider | null;
  signedIn: Session;
  center: AlertCenter;
}

/** So that what is made of them is made once. */
const NO_QUEUES: readonly QueueHere[] = [];

export function Desk({ session, provider, signedIn, center }: Props) {
  const { t } = useText();
  const { data, fault, again } = useQuery(Me, {});
  const places = usePlaces();
  const place = useReadable(places);
  const list = useRef<HTMLElement>(null);
  const whyNot = useWhyNot(signedIn);
  const { unseen } = useReadable(center.alerts);
  const queues = data?.viewer.scope.queues ?? NO_QUEUES;
  const isWall = place.view === 'today' && place.today.wall;
  const opened = isWall ? [] : [...place.kept, ...(place.open ? [place.open] : [])];
  // Whom the server takes them for: providers call a person's name by claims of their own.
  const me = data?.viewer.subject ?? signedIn.subject;

  const toList = () => list.current?.querySelector<HTMLElement>('button.row[tabindex="0"], h2')?.focus();
  // Whoever signed in goes on here.
  useEffect(() => void list.current?.querySelector('h2')?.focus({ preventScroll: true }), []);

  const choose = useRef((id: string) => places.go(opening(places.get(), id))).current;
  const close = (id: string) => {
    // Back to where one came from, for whoever has no mouse.
    const row = list.current?.querySelector<HTMLElement>(`[data-conversation="${id}"]`);
    places.go(closing(places.get(), id));
    requestAnimationFrame(() => (row ?? list.current?.querySelector('h2'))?.focus());
  };
  const last = opened.at(-1);
  useEffect(() => {
    if (last === undefined && !isWall) return;
    const onKey = (event: KeyboardEvent) => {
      // A dialog closes itself first.
      if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
      if (isWall) return places.go({ today: { ...places.get().today, wall: false } });
      if (last === undefined) return;
      const at = document.activeElement?.closest<HTMLElement>('[data-panel]')?.dataset.panel;
      close(at ?? last);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  return (
    <WhyNot value={whyNot}>
      {!isWall && (
        <>
          <button type="button" className="skip" onClick={toList}>
            {t.skip}
          </button>
          <TopBar>
            <nav className="views" aria-label={t.viewsLabel}>
              {VIEWS.map((view) => (
                <button key={view} type="button" aria-current={place.view === view ? 'page' : undefined} onClick={() => places.go({ view, ...(matchMedia(NARROW).matches && nothingOpen) })}>
                  {t.viewNames[view]}
                  {view === 'alerts' && unseen > 0 && <span className="count unseen"> {unseen}</span>}
                </button>
              ))}
            </nav>
            <ConnectionMark signedIn={signedIn} />
            <span className="me">
              <span className="subject">{t.signIn.signedInAs(me)}</span>
              <button type="button" className="quiet" onClick={() => (provider ? void provider.signOut() : session.signOut())}>
                {t.signIn.signOut}
              </button>
            </span>
          </TopBar>
        </>
      )}
      <StandingNotice session={session} provider={provider} signedIn={signedIn} />
      {fault && !whyNot && <Unread fault={fault} again={again} />}
      {data && !data.viewer.roles.includes('SUPERVISOR') && <p className="notice">{t.signIn.notSupervisor}</p>}
      {/* Names of customers are for nobody who passes by. */}
      {!isWall && <Toasts center={center} onChoose={choose} />}
      <main className="desk" data-open={opened.length} data-wall={isWall}>
        <section ref={list} className="ongoing" aria-labelledby={place.view === 'conversations' ? 'ongoing' : place.view}>
          {place.view === 'alerts' ? (
            <AlertsView center={center} onChoose={choose} />
          ) : place.view === 'team' ? (
            <Team
              view={place.team}
              onView={(team) => places.go({ team }, 'replace')}
              queues={queues}
              onHelp={(agent) => places.go({ view: 'conversations', ongoing: { ...everything, agents: [agent], attention: ['HELP_REQUESTED'] } })}
            />
          ) : place.view === 'today' ? (
            <Today view={place.today} onView={(today) => places.go({ today }, today.wall === place.today.wall ? 'replace' : 'push')} queues={queues} />
          ) : place.view === 'past' ? (
            <Past view={place.past} onView={(past) => places.go({ past }, 'replace')} queues={queues} chosen={opened} onChoose={choose} />
          ) : place.view === 'audit' ? (
            <Audit view={place.audit} onView={(audit) => places.go({ audit }, 'replace')} me={me} chosen={opened} onChoose={choose} />
          ) : (
            <Conversations view={place.ongoing} onView={(ongoing) => places.go({ ongoing }, 'replace')} queues={queues} me={me} chosen={opened} onChoose={choose} />
          )}
        </section>
        {opened.length > 0 && (
          <div className="panels">
            {opened.map((id) => (
              <Panel
                key={id}
                id={id}
                me={me}
                isKept={place.kept.includes(id)}
                canKeep={place.open === id && place.kept.length < 3}
                onKeep={() => places.go(keeping(places.get(), id))}
                onClose={() => close(id)}
                onCustomer={(customer) => {
                  places.go({ view: 'past', past: { ...everythingPast, customer } });
                  // Where there is room for one thing only, the list is what was asked for.
                  if (matchMedia(NARROW).matches) places.go(nothingOpen, 'replace');
                }}
              />
            ))}
          </div>
        )}
      </main>
    </WhyNot>
  );
}
