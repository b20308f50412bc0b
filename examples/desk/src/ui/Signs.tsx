// Small signs that recur. None says by colour alone what it says.

import { useState } from 'react';
import type { SentimentLevel, State, StatusReason } from '../gql/graphql';
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
