// Small signs that recur. None says by colour alone what it says.

import { useState } from 'react';
import type { Priority, SentimentLevel, State, StatusReason } from '../gql/graphql';
import { useText } from '../text';

export function CustomerName({ customer }: { customer: { name?: string | null; erasedAt?: string | null } }) {
  const { t } = useText();
  return customer.name ?? (customer.erasedAt ? t.list.erased : t.list.unnamed);
}

export function StateBadge({ state, reason }: { state: State; reason: StatusReason }) {
  const { t } = useText();
  return (
    <span className="state" data-state={state}>
      <span className="badge">{t.state[state]}</span>
      <span className="what">{t.statusReason[reason]}</span>
    </span>
  );
}

/** How soon it should be looked after, where that is not as usual. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useText();
  return (
    priority !== 'NORMAL' && (
      <span className="priority" data-priority={priority}>
        <span className="visually-hidden">{t.label.priority}: </span>
        {t.priority[priority]}
      </span>
    )
  );
}

/** The operator's words for it. */
export function Tags({ tags }: { tags?: readonly string[] | null }) {
  const { t } = useText();
  return tags?.map((tag) => (
    <span key={tag} className="label">
      <span className="visually-hidden">{t.label.tag}: </span>
      {tag}
    </span>
  ));
}

export function Labels({ of }: { of: { priority: Priority; tags?: readonly string[] | null } }) {
  return (
    <>
      <PriorityMark priority={of.priority} />
      <Tags tags={of.tags} />
    </>
  );
}

export const isLabelled = (of: { priority: Priority; tags?: readonly string[] | null }) =>
  of.priority !== 'NORMAL' || Boolean(of.tags?.length);

/** A rating is read, not guessed from stars. */
export function Stars({ score }: { score: number }) {
  const { t } = useText();
  return (
    <span className="stars">
      <span aria-hidden="true">{'★'.repeat(score) + '☆'.repeat(5 - score)}</span>
      <span className="visually-hidden">{t.past.rated(score)}</span>
    </span>
  );
}

/** From worst to best; NOT_AVAILABLE has no place among them. */
const scale: SentimentLevel[] = [
  'VERY_NEGATIVE',
  'NEGATIVE',
  'SLIGHTLY_NEGATIVE',
  'NEUTRAL',
  'SLIGHTLY_POSITIVE',
  'POSITIVE',
  'VERY_POSITIVE',
];

export function Mood({ level }: { level: SentimentLevel }) {
  const { t } = useText();
  const [seen, setSeen] = useState({ level, changed: false });
  if (seen.level !== level) setSeen({ level, changed: true });
  return (
    <span className="mood" data-level={level} data-changed={seen.changed}>
      <span className="scale" aria-hidden="true">
        {scale.map((place) => (
          <i key={place} data-here={place === level} />
        ))}
      </span>
      <span className="visually-hidden">{t.list.sentiment}: </span>
      {/* A new key makes a new element, which the stylesheet lets glow: a change is seen. */}
      <span key={level} className="level">
        {t.sentiment[level]}
      </span>
    </span>
  );
}
