// What a supervisor can do with a conversation, by what the server says that they can: the ladder from watching to taking
// over, and then the rest. What needs a question opens one.

import { useMemo, useState } from 'react';
import type { Document } from 'regie-client';
import type { Act } from '../live/useAct';
import * as acts from '../api/acts';
import type { PanelFragment } from '../gql/graphql';
import { useText } from '../text';
import { ActionButton } from './ActionButton';
import { AssignDialog } from './AssignDialog';
import { ConfirmDialog, type Confirmed } from './ConfirmDialog';
import { TransferDialog } from './TransferDialog';

export type Question = 'assign' | 'transfer' | Confirmed;

/** The question that is open, for whatever asks it. */
export function useQuestion(act: Act) {
  const [open, setOpen] = useState<Question | null>(null);
  return useMemo(
    () => ({
      open,
      ask(question: Question) {
        act.clear();
        setOpen(question);
      },
      close: () => setOpen(null),
    }),
    [open, act],
  );
}
export type Questions = ReturnType<typeof useQuestion>;

interface Props {
  conversation: PanelFragment;
  act: Act;
  questions: Questions;
  onCoach: () => void;
}

export function Actions({ conversation, act, questions, onCoach }: Props) {
  const { t } = useText();
  const { id, viewerCan: can } = conversation;
  const { busy } = act;
  const it = { conversationId: id };
  const { open, ask, close } = questions;
  const run = (document: Document<unknown, { input: { conversationId: string } }>) => () => void act.run(document, it);
  const review = can.stopReview.allowed ? (
    <ActionButton answer={can.stopReview} busy={busy} onClick={run(acts.StopReview)}>
      {t.act.stopReview}
    </ActionButton>
  ) : (
    <ActionButton answer={can.reviewConversation} busy={busy} onClick={run(acts.Review)}>
      {t.act.review}
    </ActionButton>
  );

  const about = { conversation, onClose: close };
  const question =
    open === 'assign' ? (
      <AssignDialog {...about} />
    ) : open === 'transfer' ? (
      <TransferDialog {...about} />
    ) : (
      open && <ConfirmDialog key={open} what={open} {...about} />
    );

  // Of what is closed nothing else can be done; a question that was open stays, and says so.
  const isClosed = conversation.state === 'CLOSED';
  return (
    <section className="actions" aria-label={t.panel.actions} aria-busy={busy}>
      {isClosed ? (
        review
      ) : (
        <>
          <div className="ladder" role="group" aria-label={t.panel.ladder}>
            {can.stopMonitoring.allowed ? (
              <ActionButton className="on" answer={can.stopMonitoring} busy={busy} onClick={run(acts.StopMonitoring)}>
                {t.act.stopMonitoring}
              </ActionButton>
            ) : (
              <ActionButton answer={can.monitor} busy={busy} onClick={run(acts.Monitor)}>
                {t.act.monitor}
              </ActionButton>
            )}
            <ActionButton answer={can.coach} busy={busy} onClick={onCoach}>
              {t.act.coach}
            </ActionButton>
            {can.leave.allowed ? (
              <ActionButton className="on" answer={can.leave} busy={busy} onClick={run(acts.Leave)}>
                {t.act.leave}
              </ActionButton>
            ) : (
              <ActionButton answer={can.join} busy={busy} onClick={run(acts.Join)}>
                {t.act.join}
              </ActionButton>
            )}
            <ActionButton answer={can.takeOver} busy={busy} onClick={() => ask('takeOver')}>
              {t.act.takeOver}
            </ActionButton>
          </div>
          {can.cancelOffer.allowed ? (
            <ActionButton answer={can.cancelOffer} busy={busy} onClick={run(acts.CancelOffer)}>
              {t.act.cancelOffer}
            </ActionButton>
          ) : (
            <ActionButton answer={can.assign} busy={busy} onClick={() => ask('assign')}>
              {t.act.assign}
            </ActionButton>
          )}
          {can.cancelTransfer.allowed ? (
            <ActionButton answer={can.cancelTransfer} busy={busy} onClick={run(acts.CancelTransfer)}>
              {t.act.cancelTransfer}
            </ActionButton>
          ) : (
            <ActionButton answer={can.transfer} busy={busy} onClick={() => ask('transfer')}>
              {t.act.transfer}
            </ActionButton>
          )}
          <ActionButton answer={can.requeue} busy={busy} onClick={() => ask('requeue')}>
            {t.act.requeue}
          </ActionButton>
          {review}
          <ActionButton className="grave" answer={can.forceClose} busy={busy} onClick={() => ask('forceClose')}>
            {t.act.forceClose}
          </ActionButton>
        </>
      )}
      {question}
    </section>
  );
}
