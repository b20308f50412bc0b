// One ongoing conversation: who, how they feel, where it stands, how long they wait.

import { memo } from 'react';
import type { RowFragment } from '../gql/graphql';
import { useText } from '../text';
import { Since } from './Since';
import { CustomerName, Mood, PriorityMark, StateBadge, Tags } from './Signs';

interface Props {
  row: RowFragment;
  /** Whether whoever sits here monitors it. */
  mine: boolean;
  /** Whether it is open beside the list. */
  chosen: boolean;
  picked: boolean;
  /** Whether the keyboard comes here when it comes to the list. */
  inTurn: boolean;
  onChoose: (id: string) => void;
  onPick: (row: RowFragment, picked: boolean) => void;
}

export const Row = memo(function Row({ row, mine, chosen, picked, inTurn, onChoose, onPick }: Props) {
  const { t } = useText();
  const offered = row.pendingOffer?.kind === 'ASSIGNMENT' ? row.pendingOffer.agent?.name : undefined;
  const who = row.agent?.name ?? (offered ? t.list.offered(offered) : t.list.nobody);
  const name = row.customer.name ?? t.list.unnamed;
  const [first, ...others] = row.attention;
  return (
    <>
      <input
        type="checkbox"
        className="pick"
        checked={picked}
        tabIndex={inTurn ? 0 : -1}
        aria-label={t.bulk.pick(name)}
        onChange={(event) => onPick(row, event.target.checked)}
      />
      <button
        type="button"
        className="row"
        tabIndex={inTurn ? 0 : -1}
        aria-current={chosen}
        data-attention={row.attention.length > 0}
        data-conversation={row.id}
        onClick={() => onChoose(row.id)}
      >
        <span className="who">
          <span className="name">
            {mine && (
              <svg className="watched" viewBox="0 0 16 16" role="img" aria-label={t.list.watched}>
                <path d="M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8z" />
                <circle cx="8" cy="8" r="2.2" />
              </svg>
            )}
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
        <span className="attention">
          <PriorityMark priority={row.priority} />
          {first && (
            <>
              <span className="visually-hidden">{t.list.needsAttention}: </span>
              <span className="chip">{t.attention[first.attentionReason]}</span>
            </>
          )}
          {others.length > 0 && <OtherReasons reasons={others.map(({ attentionReason }) => t.attention[attentionReason])} />}
          <Tags tags={row.tags} />
        </span>
        <Wait row={row} />
      </button>
    </>
  );
});

/** There is room for one reason: the others are counted, and named for who points at them or listens. */
function OtherReasons({ reasons }: { reasons: readonly string[] }) {
  const names = reasons.join(', ');
  return (
    <span className="chip others" title={names}>
      <span aria-hidden="true">+{reasons.length}</span>
      <span className="visually-hidden">, {names}</span>
    </span>
  );
}

/** What the customer waits for: an agent, or an answer. */
function Wait({ row }: { row: RowFragment }) {
  const { t } = useText();
  const instant = row.waitingSince ?? row.unansweredSince;
  if (!instant) return <span className="wait" />;
  return (
    <span className="wait">
      <Since instant={instant} />
      <span className="what">{row.waitingSince ? t.list.waits : t.list.unanswered}</span>
    </span>
  );
}
