// An act that is asked for twice, with a reason.

import { useState } from 'react';
import { ForceClose, Requeue, TakeOver } from '../api/acts';
import type { PanelFragment } from '../gql/graphql';
import { useAct } from '../live/useAct';
import { useText } from '../text';
import { Dialog, ReasonField } from './Dialog';
import { AsItIsNow, useSeen } from './Seen';
import { TroubleNotice } from './TroubleNotice';

export type Confirmed = 'requeue' | 'takeOver' | 'forceClose';

interface Props {
  what: Confirmed;
  conversation: PanelFragment;
  onClose: () => void;
}

export function ConfirmDialog({ what, conversation, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [reason, setReason] = useState('');
  const seen = useSeen(conversation, conversation.viewerCan[what], act);

  const submit = async () => {
    const input = { conversationId: conversation.id, expectedVersion: seen.version, reason: reason.trim() || null };
    const acts = {
      requeue: () => act.run(Requeue, input),
      takeOver: () => act.run(TakeOver, input),
      forceClose: () => act.run(ForceClose, input),
    };
    if ((await acts[what]()).kind === 'done') onClose();
  };

  return (
    <Dialog
      heading={t[what].heading}
      submit={t[what].submit}
      grave={what === 'forceClose'}
      missing={seen.refused}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t[what].warning}</p>
      <ReasonField value={reason} onChange={setReason} />
      <AsItIsNow conversation={conversation} seen={seen} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
