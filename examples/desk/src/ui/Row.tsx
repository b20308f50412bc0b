// One ongoing conversation: who, how they feel, where it stands, how long they wait.

import { memo } from 'react';
import type { RowFragment } from '../gql/graphql';
import { useText } from '../text';
import { since } from '../time';
import { CustomerName, isLabelled, Labels, Mood, StateBadge } from './Signs';

interface Props {
  row: RowFragment;
  now: number;
  chosen: boolean;
  onChoose: () => void;
}

export const Row = memo(function Row({ row, now, chosen, onChoose }: Props) {
  const { t } = useText();
  const offered = row.pendingOffer?.kind === 'ASSIGNMENT' ? row.pendingOffer.agent?.name : undefined;
  const who = row.agent?.name ?? (offered ? t.list.offered(offered) : t.list.nobody);
  return (
    <button
      type="button"
      className="row"
      aria-current={chosen}
      data-attention={row.attention.length > 0}
      data-conversation={row.id}
      onClick={onChoose}
    >
      <span className="who">
        <span className="name">
          <CustomerName customer={row.customer} />
        </span>
        <span className="subject">{row.subject ?? t.channel[row.channel]}</span>
      </span>
      <span className="where">
        <span>{row.queue?.name}</span>
        <span className="agent">{who}</span>
      </span>
      <StateBadge state={row.state} reason={row.statusReason} />
      <Mood level={row.sentiment.level} />
      <Wait row={row} now={now} />
      {(row.attention.length > 0 || isLabelled(row)) && (
        <span className="attention">
          {row.attention.length > 0 && <span className="visually-hidden">{t.list.needsAttention}: </span>}
          {row.attention.map(({ attentionReason }) => (
            <span key={attentionReason} className="chip">
              {t.attention[attentionReason]}
            </span>
          ))}
          <Labels of={row} />
        </span>
      )}
    </button>
  );
});

/** What the customer waits for: an agent, or an answer. */
function Wait({ row, now }: { row: RowFragment; now: number }) {
  const { t } = useText();
  const instant = row.waitingSince ?? row.unansweredSince;
  if (!instant) return <span className="wait" />;
  return (
    <span className="wait">
      <time dateTime={instant}>{since(instant, now)}</time>
      <span className="what">{row.waitingSince ? t.list.waits : t.list.unanswered}</span>
    </span>
  );
}
