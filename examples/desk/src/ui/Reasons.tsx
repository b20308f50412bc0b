// Why somebody should look now, for how long, what helps, and how to say that it was seen to.

import { Acknowledge, AnswerHelp } from '../api/acts';
import type { Act } from '../api/useAct';
import type { PanelFragment, SupervisorAction } from '../gql/graphql';
import { useText } from '../text';
import { since, useNow } from '../time';
import { ActionButton } from './ActionButton';

export function Reasons({ conversation, act }: { conversation: PanelFragment; act: Act }) {
  const { t } = useText();
  const now = useNow();
  const { id, viewerCan: can, help } = conversation;
  const it = { conversationId: id };
  const helpful = (actions: readonly SupervisorAction[]) =>
    // Who watches need not begin to.
    actions.filter((action) => action !== 'MONITOR' || !can.stopMonitoring.allowed).map((action) => t.supervisorAction[action]);

  return (
    <ul className="reasons" aria-label={t.panel.attention}>
      {conversation.attention.map(({ attentionReason, since: instant, actions, viewerCan }) => (
        <li key={attentionReason}>
          <span className="chip">
            {t.attention[attentionReason]} <time dateTime={instant}>{t.panel.since(since(instant, now))}</time>
          </span>
          {attentionReason === 'HELP_REQUESTED' && help?.agent && <span className="quiet">{help.agent.name}</span>}
          {actions.includes('ANSWER_HELP') && (
            <ActionButton answer={can.answerHelp} busy={act.busy} onClick={() => void act.run(AnswerHelp, it)}>
              {t.act.answerHelp}
            </ActionButton>
          )}
          {actions.includes('ACKNOWLEDGE') && (
            <ActionButton
              answer={can.acknowledgeAttention}
              busy={act.busy}
              onClick={() => void act.run(Acknowledge, { ...it, attentionReason })}
            >
              {t.act.acknowledge}
            </ActionButton>
          )}
          {helpful(viewerCan).length > 0 && <span className="quiet">{t.panel.helps(helpful(viewerCan).join(', '))}</span>}
        </li>
      ))}
    </ul>
  );
}
