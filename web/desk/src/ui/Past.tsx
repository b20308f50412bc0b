// What is past: searched and filtered by the server, and opened like what is ongoing.

import { memo } from 'react';
import type { PastRowFragment } from '../gql/graphql';
import { isBackwards } from '../live/days';
import { isNarrowed, type PastView } from '../live/pastView';
import { usePast } from '../live/usePast';
import { useText } from '../text';
import { clock } from '../time';
import { PastFilters } from './PastFilters';
import { Unread } from './ReadTrouble';
import { walk } from './rowKeys';
import { CustomerName, isLabelled, Labels, Mood, Stars } from './Signs';

interface Props {
  view: PastView;
  onView: (view: PastView) => void;
  queues: readonly { id: string; name: string }[];
  chosen: readonly string[];
  onChoose: (id: string) => void;
}

export function Past({ view, onView, queues, chosen, onChoose }: Props) {
  const { t } = useText();
  const { found, fault, again, more } = usePast(view);
  return (
    <>
      <div className="heading">
        <h2 id="past" tabIndex={-1}>
          {t.past.heading}
        </h2>
        {/* Heard when a search has found its answer. */}
        <span className="count" role="status">
          {found && t.past.found(found.page.totalCount, found.page.totalCountIsExact)}
        </span>
      </div>
      <PastFilters view={view} onView={onView} queues={queues} />
      {fault && <Unread fault={fault} again={again} />}
      {found && !found.page.isComplete && view.text.trim() && <p className="quiet">{t.past.incomplete}</p>}
      {isBackwards(view) && (
        <p className="problem" role="alert">
          {t.past.backwards}
        </p>
      )}
      {!found && !fault && !isBackwards(view) && <p className="empty">{t.list.loading}</p>}
      {found?.rows.length === 0 && <p className="empty">{isNarrowed(view) ? t.list.emptyFiltered : t.list.empty}</p>}
      <div className="scroller">
        <ul className="past-rows" aria-label={t.past.heading} onKeyDown={walk}>
          {found?.rows.map((row) => (
            <li key={row.id}>
              <PastRow row={row} chosen={chosen.includes(row.id)} onChoose={() => onChoose(row.id)} />
            </li>
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
