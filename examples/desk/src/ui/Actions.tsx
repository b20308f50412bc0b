// What a supervisor can do with a conversation, by what the server says that they can.

import { useState } from 'react';
import type { Act } from '../api/useAct';
import * as acts from '../api/acts';
import type { PanelFragment } from '../gql/graphql';
import { useText } from '../text';
import { ActionButton } from './ActionButton';
import { AssignDialog } from './AssignDialog';
import { ConfirmDialog, type Confirmed } from './ConfirmDialog';
import { TransferDialog } from './TransferDialog';

type Open = 'assign' | 'transfer' | Confirmed | null;

export function Actions({ conversation, act }: { conversation: PanelFragment; act: Act }) {
  const { t } = useText();
  const [open, setOpen] = useState<Open>(null);
  const { id, version, viewerCan: can } = conversation;
  const { busy } = act;
  const it = { conversationId: id };
  const show = (dialog: Open) => {
    act.clear();
    setOpen(dialog);
  };
  const close = () => setOpen(null);
  const review = can.stopReview.allowed ? (
    <ActionButton answer={can.stopReview} busy={busy} onClick={() => void act.run(acts.StopReview, it)}>
      {t.act.stopReview}
    </ActionButton>
  ) : (
    <ActionButton answer={can.reviewConversation} busy={busy} onClick={() => void act.run(acts.Review, it)}>
      {t.act.review}
    </ActionButton>
  );

  // Of what is closed nothing else can be done.
  if (conversation.state === 'CLOSED') {
    return (
      <section className="actions" aria-label={t.panel.actions} aria-busy={busy}>
        {review}
      </section>
    );
  }
  return (
    <section className="actions" aria-label={t.panel.actions} aria-busy={busy}>
      {can.stopMonitoring.allowed ? (
        <ActionButton answer={can.stopMonitoring} busy={busy} onClick={() => void act.run(acts.StopMonitoring, it)}>
          {t.act.stopMonitoring}
        </ActionButton>
      ) : (
        <ActionButton answer={can.monitor} busy={busy} onClick={() => void act.run(acts.Monitor, it)}>
          {t.act.monitor}
        </ActionButton>
      )}
      {review}
      {can.leave.allowed ? (
        <ActionButton answer={can.leave} busy={busy} onClick={() => void act.run(acts.Leave, it)}>
          {t.act.leave}
        </ActionButton>
      ) : (
        <ActionButton answer={can.join} busy={busy} onClick={() => void act.run(acts.Join, it)}>
          {t.act.join}
        </ActionButton>
      )}
      {can.cancelOffer.allowed ? (
        <ActionButton answer={can.cancelOffer} busy={busy} onClick={() => void act.run(acts.CancelOffer, it)}>
          {t.act.cancelOffer}
        </ActionButton>
      ) : (
        <ActionButton answer={can.assign} busy={busy} onClick={() => show('assign')}>
          {t.act.assign}
        </ActionButton>
      )}
      {can.cancelTransfer.allowed ? (
        <ActionButton answer={can.cancelTransfer} busy={busy} onClick={() => void act.run(acts.CancelTransfer, it)}>
          {t.act.cancelTransfer}
        </ActionButton>
      ) : (
        <ActionButton answer={can.transfer} busy={busy} onClick={() => show('transfer')}>
          {t.act.transfer}
        </ActionButton>
      )}
      <ActionButton answer={can.requeue} busy={busy} onClick={() => show('requeue')}>
        {t.act.requeue}
      </ActionButton>
      <ActionButton answer={can.takeOver} busy={busy} onClick={() => show('takeOver')}>
        {t.act.takeOver}
      </ActionButton>
      <ActionButton className="grave" answer={can.forceClose} busy={busy} onClick={() => show('forceClose')}>
        {t.act.forceClose}
      </ActionButton>
      {open === 'assign' && <AssignDialog id={id} version={version} onClose={close} />}
      {open === 'transfer' && <TransferDialog id={id} version={version} onClose={close} />}
      {open && open !== 'assign' && open !== 'transfer' && (
        <ConfirmDialog what={open} id={id} version={version} onClose={close} />
      )}
    </section>
  );
}
