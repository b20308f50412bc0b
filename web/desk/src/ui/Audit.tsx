// What I did, as the audit trail has it: what, when, to which conversation, and what came of it.

import type { AuditAction, AuditRowFragment } from '../gql/graphql';
import { type AuditView, everythingDone, isNarrowedAudit, isOwn, ownActions } from '../live/auditView';
import { isBackwards } from '../live/days';
import { idsOf, whomOf } from '../live/did';
import { useAudit } from '../live/useAudit';
import { type Names, useNames } from '../live/useNames';
import { useText } from '../text';
import { clock, duration } from '../time';
import { Choice } from './Choice';
import { Day } from './Day';
import { Unread } from './ReadTrouble';
import { walk } from './rowKeys';
import { CustomerName } from './Signs';

interface Props {
  view: AuditView;
  onView: (view: AuditView) => void;
  me: string;
  chosen: readonly string[];
  onChoose: (id: string) => void;
}

export function Audit({ view, onView, me, chosen, onChoose }: Props) {
  const { t } = useText();
  const { found, fault, again, afresh, more } = useAudit(view, me);
  const names = useNames(found?.rows.flatMap(idsOf) ?? []);
  return (
    <>
      <div className="heading">
        <h2 id="audit" tabIndex={-1}>
          {t.audit.heading}
        </h2>
        <span className="count" role="status">
          {found && t.audit.found(found.page.totalCount)}
        </span>
        <button type="button" className="quiet" onClick={afresh}>
          {t.audit.afresh}
        </button>
      </div>
      <AuditFilters view={view} onView={onView} />
      {fault && <Unread fault={fault} again={again} />}
      {isBackwards(view) && (
        <p className="problem" role="alert">
          {t.past.backwards}
        </p>
      )}
      {!found && !fault && !isBackwards(view) && <p className="empty">{t.list.loading}</p>}
      {found?.rows.length === 0 && <p className="empty">{isNarrowedAudit(view) ? t.audit.noneSuch : t.audit.none}</p>}
      <div className="scroller">
        <ul className="alerts audit" aria-label={t.audit.heading} onKeyDown={walk}>
          {found?.rows.map((entry) => (
            <Entry key={entry.number} entry={entry} names={names} chosen={chosen} onChoose={onChoose} />
          ))}
        </ul>
        {more && !fault && (
          <button type="button" className="more" onClick={more}>
            {t.list.more}
          </button>
        )}
      </div>
    </>
  );
}

function AuditFilters({ view, onView }: Pick<Props, 'view' | 'onView'>) {
  const { t } = useText();
  const set = (change: Partial<AuditView>) => onView({ ...view, ...change });
  const actions = Object.fromEntries(ownActions.map((action) => [action, t.action[action]])) as Record<AuditAction, string>;
  return (
    <form className="filters past-filters" role="search" aria-label={t.audit.search} onSubmit={(event) => event.preventDefault()}>
      <Choice<AuditAction> label={t.audit.kind} value={view.action} options={actions} onChange={(action) => set({ action })} />
      <Day label={t.audit.from} value={view.from} onChange={(from) => set({ from })} />
      <Day label={t.audit.to} value={view.to} onChange={(to) => set({ to })} />
      <label className="check">
        <input type="checkbox" checked={view.refused} onChange={(event) => set({ refused: event.target.checked })} />
        {t.audit.refusedOnly}
      </label>
      {isNarrowedAudit(view) && (
        <button type="button" className="quiet" onClick={() => onView(everythingDone)}>
          {t.list.clear}
        </button>
      )}
    </form>
  );
}

interface EntryProps {
  entry: AuditRowFragment;
  names: Names;
  chosen: readonly string[];
  onChoose: (id: string) => void;
}

function Entry({ entry, names, chosen, onChoose }: EntryProps) {
  const { t, lang } = useText();
  const { action, at, conversation, conversationId, refusal, reason, overrides } = entry;
  const whom = whomOf(entry, names);
  // What was refused was not done: it is named as what was asked for.
  const said = !refusal && isOwn(action) ? t.did[action](whom) : [t.action[action], whom].filter(Boolean).join(': ');
  const what = (
    <>
      <span className="name">{said}</span>
      {conversation && (
        <span>
          <CustomerName customer={conversation.customer} />
          {conversation.subject && <span className="quiet"> · {conversation.subject}</span>}
        </span>
      )}
      {!conversation && conversationId && <span className="quiet">{t.audit.unseen}</span>}
      {refusal ? <span className="problem">{t.audit.refusedFor(t.codes[refusal])}</span> : <Lasted entry={entry} />}
      {overrides.length > 0 && <span className="quiet">{overrides.map((one) => t.audit.overrides[one]).join(', ')}</span>}
      {reason && <span>{t.audit.because(reason)}</span>}
    </>
  );
  return (
    <li>
      <time dateTime={at}>{clock(at, lang)}</time>
      {conversation ? (
        <button
          type="button"
          className="row alert"
          aria-current={chosen.includes(conversation.id)}
          data-conversation={conversation.id}
          onClick={() => onChoose(conversation.id)}
        >
          {what}
        </button>
      ) : (
        <p className="row alert">{what}</p>
      )}
    </li>
  );
}

/** How long it went on, of what goes on. */
function Lasted({ entry: { action, monitorSession, reviewSession } }: { entry: AuditRowFragment }) {
  const { t } = useText();
  const begun = { MONITOR_CONVERSATION: monitorSession, REVIEW_CONVERSATION: reviewSession }[action as string];
  if (!begun) return null;
  const { startedAt, endedAt } = begun;
  const words = endedAt ? t.audit.lasted(duration(Date.parse(endedAt) - Date.parse(startedAt))) : t.audit.lasts;
  return <span className="quiet">{words}</span>;
}
