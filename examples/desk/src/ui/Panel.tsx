// One conversation: what is known of it, what one can do, and what is being said.

import { useEffect, useRef } from 'react';
import { useAct } from '../api/useAct';
import { usePanel } from '../live/usePanel';
import { useText } from '../text';
import { Actions } from './Actions';
import { Facts } from './Facts';
import { CustomerName, Mood, StateBadge } from './Signs';
import { ReadTrouble } from './ReadTrouble';
import { TroubleNotice } from './TroubleNotice';
import { TranscriptView } from './TranscriptView';

interface Props {
  id: string;
  me: string;
  onClose: () => void;
  /** To see what else there was with this customer. */
  onCustomer: (customer: { id: string; name: string }) => void;
}

export function Panel({ id, me, onClose, onCustomer }: Props) {
  const { t } = useText();
  const { seen, ...kept } = usePanel(id);
  const act = useAct();
  const conversation = seen?.conversation;
  const heading = useRef<HTMLHeadingElement>(null);
  const known = conversation != null;

  // Whoever opened it by keyboard goes on reading here.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [known]);

  return (
    <aside className="panel" aria-labelledby="panel" data-conversation={id}>
      <header>
        <h2 id="panel" ref={heading} tabIndex={-1}>
          {conversation && <CustomerName customer={conversation.customer} />}
          {!conversation && (seen ? t.panel.gone : kept.trouble ? t.unread.heading : t.list.loading)}
        </h2>
        <button type="button" className="close" onClick={onClose} aria-label={t.panel.close} aria-keyshortcuts="Escape">
          <svg aria-hidden="true" viewBox="0 0 16 16">
            <path d="M4 4l8 8M12 4l-8 8" />
          </svg>
        </button>
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
      {conversation && (
        <>
          <Actions conversation={conversation} act={act} />
          <TroubleNotice act={act} />
          <Facts conversation={conversation} me={me} act={act} />
          <TranscriptView conversation={conversation} me={me} />
        </>
      )}
    </aside>
  );
}
