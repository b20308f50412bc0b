// What is past: searched and filtered by the server, and opened like what is ongoing.

import { memo } from 'react';
import type { PastRowFragment } from '../gql/graphql';
import { isNarrowed, type PastView } from '../live/pastView';
import { usePast } from '../live/usePast';
import { useText } from '../text';
import { clock } from '../time';
import { walk } from './LiveList';
import { PastFilters } from './PastFilters';
import { Unread } from './ReadTrouble';
import { CustomerName, isLabelled, Labels, Mood, Stars } from './Signs';

interface Props {
  view: PastView;
  onView: (view: PastView) => void;
  queues: readonly { id: string; name: string }[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

export function Past({ view, onView, queues, chosen, onChoose }: Props) {
  const { t } = useText();
  const { found, error, again, more } = usePast(view);
  return (
    <>
      <div className="heading">
        <h1 id="past">{t.past.heading}</h1>
        {/* Heard when a search has found its answer. */}
        <span className="count" role="status">
          {found && t.past.found(found.total, found.exact)}
        </span>
      </div>
      <PastFilters view={view} onView={onView} queues={queues} />
      {error && <Unread error={error} again={again} />}
      {found && !found.complete && view.text.trim() && <p className="quiet">{t.past.incomplete}</p>}
      {!found && !error && <p className="empty">{t.list.loading}</p>}
      {found?.rows.length === 0 && <p className="empty">{isNarrowed(view) ? t.list.emptyFiltered : t.list.empty}</p>}
      <ul className="rows" onKeyDown={walk}>
        {found?.rows.map((row) => (
          <li key={row.id}>
            <PastRow row={row} chosen={row.id === chosen} onChoose={() => onChoose(row.id)} />
          </li>
        ))}
      </ul>
      {found?.next && !error && (
        <button type="button" className="more" onClick={more}>
          {t.list.more}
        </button>
      )}
    </>
  );
}

const PastRow = memo(function PastRow({ row, chosen, onChoose }: { row: PastRowFragment; chosen: boolean; onChoose: () => void }) {
  const { t, lang } = useText();
  return (
    <button type="button" className="row" aria-current={chosen} data-conversation={row.id} onClick={onChoose}>
      <span className="who">
        <span className="name">
          <CustomerName customer={row.customer} />
        </span>
        <span className="subject">{row.subject ?? t.channel[row.channel]}</span>
      </span>
      <span className="where">
        <span>{row.queue?.name}</span>
        <span className="agent">{row.agent?.name ?? t.list.nobody}</span>
      </span>
      <span className="state">
        <span>{row.disposition?.label ?? t.statusReason[row.statusReason]}</span>
        {row.rating && <Stars score={row.rating.score} />}
      </span>
      <Mood level={row.sentiment.level} />
      <span className="wait">
        {row.closedAt && <time className="date" dateTime={row.closedAt}>{clock(row.closedAt, lang)}</time>}
        <span className="what">{t.channel[row.channel]}</span>
      </span>
      {isLabelled(row) && (
        <span className="attention">
          <Labels of={row} />
        </span>
      )}
    </button>
  );
});
