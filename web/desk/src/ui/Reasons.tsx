// Why somebody should look now, for how long, and a button for each act that ends it.

import { Acknowledge, AnswerHelp, Join, Monitor } from '../api/acts';
import type { Act } from '../live/useAct';
import type { AttentionReason, PanelFragment, SupervisorAction } from '../gql/graphql';
import { useText } from '../text';
import { since, useNow } from '../time';
import { ActionButton } from './ActionButton';
import type { Questions } from './Actions';

interface Props {
  conversation: PanelFragment;
  act: Act;
  questions: Questions;
  onCoach: () => void;
}

export function Reasons({ conversation, act, questions, onCoach }: Props) {
  const { t } = useText();
  const now = useNow();
  const { id, viewerCan: can, help, escalationSignals } = conversation;
  const it = { conversationId: id };
  const means = (action: SupervisorAction, attentionReason: AttentionReason) => {
    switch (action) {
      case 'MONITOR':
        // Who watches need not begin to.
        return can.stopMonitoring.allowed ? null : { answer: can.monitor, does: () => void act.run(Monitor, it) };
      case 'COACH':
        return { answer: can.coach, does: onCoach };
      case 'JOIN':
        // Nor who has joined.
        return can.leave.allowed ? null : { answer: can.join, does: () => void act.run(Join, it) };
      case 'TAKE_OVER':
        return { answer: can.takeOver, does: () => questions.ask('takeOver') };
      case 'ASSIGN':
        return { answer: can.assign, does: () => questions.ask('assign') };
      case 'REQUEUE':
        return { answer: can.requeue, does: () => questions.ask('requeue') };
      case 'FORCE_CLOSE':
        return { answer: can.forceClose, does: () => questions.ask('forceClose') };
      case 'ANSWER_HELP':
        return { answer: can.answerHelp, does: () => void act.run(AnswerHelp, it) };
      case 'ACKNOWLEDGE':
        return { answer: can.acknowledgeAttention, does: () => void act.run(Acknowledge, { ...it, attentionReason }) };
    }
  };

  return (
    <ul className="reasons" aria-label={t.panel.attention}>
      {conversation.attention.map(({ attentionReason, since: instant, viewerCan }) => (
        <li key={attentionReason}>
          <span className="chip">
            {t.attention[attentionReason]} <time dateTime={instant}>{t.panel.since(since(instant, now))}</time>
          </span>
          {attentionReason === 'HELP_REQUESTED' && help?.agent && <span className="quiet">{help.agent.name}</span>}
          {attentionReason === 'ESCALATION_SIGNAL' && escalationSignals && (
            <span className="quiet">{escalationSignals.map((signal) => t.signal[signal]).join(', ')}</span>
          )}
          <span className="exits">
            {viewerCan.map((action) => {
              const exit = means(action, attentionReason);
              return (
                exit && (
                  <ActionButton key={action} className="exit" answer={exit.answer} busy={act.busy} onClick={exit.does}>
                    {t.supervisorAction[action]}
                  </ActionButton>
                )
              );
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
