// One conversation: what is known of it, what one can do, and what is being said.

import { useEffect, useId, useRef, useState } from 'react';
import { useAct } from '../live/useAct';
import { usePanel } from '../live/usePanel';
import { useText } from '../text';
import { Actions, useQuestion } from './Actions';
import { Facts } from './Facts';
import { CustomerName, Mood, StateBadge } from './Signs';
import { ReadTrouble } from './ReadTrouble';
import { TroubleNotice } from './TroubleNotice';
import { TranscriptView } from './TranscriptView';

interface Props {
  id: string;
  me: string;
  /** Whether it stays beside what is opened next. */
  isKept: boolean;
  canKeep: boolean;
  onKeep: () => void;
  onClose: () => void;
  /** To see what else there was with this customer. */
  onCustomer: (customer: { id: string; name: string }) => void;
}

export function Panel({ id, me, isKept, canKeep, onKeep, onClose, onCustomer }: Props) {
  const { t } = useText();
  const { seen, ...kept } = usePanel(id);
  const act = useAct();
  const questions = useQuestion(act);
  /** How often somebody asked to coach: each time the place to write goes there. */
  const [coaching, coach] = useState(0);
  const conversation = seen?.conversation;
  const heading = useRef<HTMLHeadingElement>(null);
  const label = useId();
  const known = conversation != null;
  const onCoach = () => coach((times) => times + 1);

  // Whoever opened it goes on reading here; who came by an address, where the address says, is not moved.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <aside className="panel" aria-labelledby={label} data-conversation={id} data-panel={id}>
      <header>
        <h2 id={label} ref={heading} tabIndex={-1}>
          {conversation && <CustomerName customer={conversation.customer} />}
          {!conversation && (seen ? t.panel.gone : kept.trouble ? t.unread.heading : t.list.loading)}
        </h2>
        <span className="panel-buttons">
          {(isKept || canKeep) && (
            <button type="button" className="quiet keep" aria-pressed={isKept} onClick={onKeep}>
              {t.panel.keep}
            </button>
          )}
          <button type="button" className="close" onClick={onClose} aria-label={t.panel.close} aria-keyshortcuts="Escape">
            <svg aria-hidden="true" viewBox="0 0 16 16">
              <path d="M4 4l8 8M12 4l-8 8" />
            </svg>
          </button>
        </span>
        {conversation && (
          <p className="signs">
            <StateBadge state={conversation.state} reason={conversation.statusReason} />
            <Mood level={conversation.sentiment.level} />
          </p>
        )}
        {conversation?.subject && <p className="subject">{conversation.subject}</p>}
        {conversation && (
          <button
            type="button"
            className="link"
            onClick={() => onCustomer({ id: conversation.customer.id, name: conversation.customer.name ?? t.list.unnamed })}
          >
            {t.past.ofCustomer}
          </button>
        )}
      </header>
      <ReadTrouble {...kept} />
      {known && (
        <>
          <Actions conversation={conversation} act={act} questions={questions} onCoach={onCoach} />
          <TroubleNotice act={act} />
          <Facts conversation={conversation} me={me} act={act} questions={questions} onCoach={onCoach} />
          <TranscriptView conversation={conversation} me={me} coaching={coaching} />
        </>
      )}
    </aside>
  );
}
