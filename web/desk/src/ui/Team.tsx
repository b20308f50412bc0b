// Who is there and what they have to do; and what a supervisor may do about it.

import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Presence } from '../gql/graphql';
import { isNarrowedTeam, type TeamOrder, teamOrders, type TeamView, wholeTeam } from '../live/teamView';
import { zoneOf } from '../live/todayView';
import { MOST_AGENTS, type TeamRow, useTeam } from '../live/useTeam';
import { useText } from '../text';
import { duration, since, useNow } from '../time';
import { ActionButton } from './ActionButton';
import { Choice } from './Choice';
import { DrainDialog, NotifyDialog, PresenceDialog } from './TeamDialogs';
import type { QueueHere } from './Today';
import { ReadTrouble } from './ReadTrouble';
import { Search } from './Search';

interface Props {
  view: TeamView;
  onView: (view: TeamView) => void;
  queues: readonly QueueHere[];
  /** Shows the conversations in which an agent asks for help. */
  onHelp: (agentId: string) => void;
}

/** Whether it may be done is the server's to say, when it is asked for. */
const ALLOWED = { allowed: true, code: null, message: null };

type Asked = { what: 'presence' | 'drain'; row: TeamRow } | { what: 'notify'; to: { agentIds: string[] } | { queueId: string }; name: string };

export function Team({ view, onView, queues, onHelp }: Props) {
  const { t } = useText();
  const zone = useMemo(() => zoneOf(queues, Intl.DateTimeFormat().resolvedOptions().timeZone), [queues]);
  const { list, trouble, again } = useTeam(view, zone);
  const [asked, ask] = useState<Asked | null>(null);
  const done = () => ask(null);
  const queue = queues.find(({ id }) => id === view.queueId);
  const total = list?.totalCount ?? 0;
  return (
    <>
      <div className="heading">
        <h2 id="team" tabIndex={-1}>
          {t.team.heading}
        </h2>
        <span className="count" role="status">
          {list && t.team.count(total)}
        </span>
        {queue && (
          <button type="button" className="quiet" onClick={() => ask({ what: 'notify', to: { queueId: queue.id }, name: queue.name })}>
            {t.team.notifyQueue(queue.name)}
          </button>
        )}
      </div>
      <TeamAsked view={view} onView={onView} queues={queues} />
      <ReadTrouble trouble={trouble} again={again} />
      {!list && !trouble && <p className="empty">{t.list.loading}</p>}
      {list?.rows.length === 0 && <p className="empty">{isNarrowedTeam(view) ? t.team.noneSuch : t.team.none}</p>}
      {list && (
        <div className="scroller">
          <ul className="team" aria-label={t.team.heading} onKeyDown={walkAgents}>
            {list.rows.map((row) => (
              <Agent key={row.id} row={row} ask={ask} onHelp={() => onHelp(row.id)} />
            ))}
          </ul>
          {total > MOST_AGENTS && <p className="quiet">{t.team.most(MOST_AGENTS, total)}</p>}
        </div>
      )}
      {asked?.what === 'presence' && <PresenceDialog agent={asked.row} onClose={done} />}
      {asked?.what === 'drain' && <DrainDialog agent={asked.row} onClose={done} />}
      {asked?.what === 'notify' && <NotifyDialog to={asked.to} name={asked.name} onClose={done} />}
    </>
  );
}

function TeamAsked({ view, onView, queues }: Pick<Props, 'view' | 'onView' | 'queues'>) {
  const { t } = useText();
  const set = (change: Partial<TeamView>) => onView({ ...view, ...change });
  const names = Object.fromEntries(queues.map(({ id, name }) => [id, name]));
  if (view.queueId && !(view.queueId in names)) names[view.queueId] = t.list.unknown;
  const orders = Object.fromEntries(teamOrders.map((order) => [order, t.team.orders[order]])) as Record<TeamOrder, string>;
  return (
    <form className="asked team-asked" role="search" aria-label={t.team.search} onSubmit={(event) => event.preventDefault()}>
      <Search label={t.assign.search} value={view.text} onChange={(text) => set({ text })} />
      <Choice label={t.panel.queue} value={view.queueId} options={names} onChange={(queueId) => set({ queueId })} />
      <Choice<Presence> label={t.team.presence} value={view.presence} options={t.presence} onChange={(presence) => set({ presence })} />
      <Choice<TeamOrder> label={t.list.order} value={view.order} options={orders} all={false} onChange={(order) => order && set({ order })} />
      <label className="check">
        <input type="checkbox" checked={view.help} onChange={(event) => set({ help: event.target.checked })} />
        {t.team.helpOnly}
      </label>
      {isNarrowedTeam(view) && (
        <button type="button" className="quiet" onClick={() => onView({ ...wholeTeam, order: view.order })}>
          {t.list.clear}
        </button>
      )}
    </form>
  );
}

function Agent({ row, ask, onHelp }: { row: TeamRow; ask: (asked: Asked) => void; onHelp: () => void }) {
  const { t } = useText();
  const now = useNow();
  const { agent, presence, presenceSince, capacity, activeConversations, longestHandleSince, openHelpRequests } = row;
  const act = (words: string, asked: Asked) => (
    <ActionButton answer={ALLOWED} busy={false} onClick={() => ask(asked)}>
      {words}
      <span className="visually-hidden">: {agent.name}</span>
    </ActionButton>
  );
  return (
    <li data-agent={row.id}>
      <span className="who">
        <span className="name">{agent.name}</span>
        <span className="presence" data-presence={presence}>
          {t.presence[presence]}
          {presenceSince && <span className="quiet"> {t.panel.since(since(presenceSince, now))}</span>}
        </span>
      </span>
      <span className="load">
        <span>{t.assign.handles(activeConversations)}</span>
        {capacity && (
          <span className="quiet">
            <meter min={0} max={Math.max(capacity.totalUnits, 1)} value={capacity.consumedUnits} aria-hidden="true" />{' '}
            {t.team.units(capacity.consumedUnits, capacity.totalUnits)}
          </span>
        )}
      </span>
      <span className="times">
        {longestHandleSince && <span>{t.today.longest(since(longestHandleSince, now))}</span>}
        <span className="quiet">
          {t.team.today(row.handledToday, row.meanHandleSecondsToday == null ? null : duration(Math.round(row.meanHandleSecondsToday) * 1000))}
        </span>
      </span>
      <span className="acts">
        {openHelpRequests > 0 && (
          <button type="button" className="chip" onClick={onHelp}>
            {t.team.help(openHelpRequests)}
          </button>
        )}
        {act(t.team.setPresence, { what: 'presence', row })}
        {act(t.team.notify, { what: 'notify', to: { agentIds: [row.id] }, name: agent.name })}
        {act(t.team.drain, { what: 'drain', row })}
      </span>
    </li>
  );
}

/** Up and down go to the same button of another agent. */
function walkAgents(event: KeyboardEvent<HTMLUListElement>) {
  const rows = [...event.currentTarget.children];
  const row = document.activeElement?.closest('li');
  const at = row ? rows.indexOf(row) : -1;
  const to = rows[{ ArrowDown: at + 1, ArrowUp: at - 1 }[event.key] ?? -1];
  if (!row || !to) return;
  const buttons = (of: Element) => [...of.querySelectorAll<HTMLElement>('button')];
  const fromEnd = buttons(row).length - buttons(row).indexOf(document.activeElement as HTMLElement);
  const there = buttons(to);
  event.preventDefault();
  there[Math.max(there.length - fromEnd, 0)]?.focus();
}
