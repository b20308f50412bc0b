// What a question about a conversation is decided on: what was seen when it was asked. If it changed since, the server says
// so; from then on it is what is seen now, which is said, and a second answer is one to that.

import { useEffect, useState } from 'react';
import type { AnswerFragment, PanelFragment } from '../gql/graphql';
import type { Act, Trouble } from '../live/useAct';
import { useText } from '../text';
import { StateBadge } from './Signs';

interface Seen {
  version: number;
  /** The refusal that made it be looked at again. */
  after: Trouble | null;
}

/** `look` reads again what else the question shows. */
export function useSeen({ version }: PanelFragment, answer: AnswerFragment, act: Act, look?: () => void) {
  const { t } = useText();
  const [seen, setSeen] = useState<Seen>({ version, after: null });
  const { trouble } = act;
  const isOver = trouble?.kind === 'refused' && trouble.refusal.code === 'VERSION_CONFLICT' && trouble !== seen.after;
  // What is shown may come a moment after the refusal.
  if (isOver && version !== seen.version) setSeen({ version, after: trouble });
  useEffect(() => {
    if (seen.after) look?.();
  }, [seen.after, look]);
  const refused = answer.allowed || act.busy ? null : answer.code && (t.codes[answer.code] ?? answer.message);
  return {
    version: seen.version,
    isAnew: seen.after !== null,
    /** Why it cannot be done any more; null where it can. */
    refused: refused ?? null,
  };
}

/** Where it stands now, for who was told that it changed. */
export function AsItIsNow({ conversation, seen }: { conversation: PanelFragment; seen: { isAnew: boolean } }) {
  const { t } = useText();
  const { state, statusReason, queue, agent } = conversation;
  return (
    <div className="as-it-is" role="status">
      {seen.isAnew && (
        <>
          <p>{t.act.asItIs}</p>
          <StateBadge state={state} reason={statusReason} />
          <p>{[queue?.name, agent?.name ?? t.list.nobody].filter(Boolean).join(' · ')}</p>
        </>
      )}
    </div>
  );
}
