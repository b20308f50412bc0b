// An act that is asked for twice, with a reason.

import { useState } from 'react';
import { ForceClose, Requeue, TakeOver } from '../api/acts';
import { useAct } from '../api/useAct';
import { useText } from '../text';
import { Dialog, ReasonField } from './Dialog';
import { TroubleNotice } from './TroubleNotice';

const acts = { requeue: Requeue, takeOver: TakeOver, forceClose: ForceClose };

export type Confirmed = keyof typeof acts;

interface Props {
  what: Confirmed;
  id: string;
  version: number;
  onClose: () => void;
}

export function ConfirmDialog({ what, id, version, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [reason, setReason] = useState('');
  // What was seen when the question was asked: if it changed since, the server says so.
  const [seen] = useState(version);

  const submit = async () => {
    const input = { conversationId: id, expectedVersion: seen, reason: reason.trim() || null };
    if (await act.run(acts[what], input)) onClose();
  };

  return (
    <Dialog
      heading={t[what].heading}
      submit={t[what].submit}
      grave={what === 'forceClose'}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t[what].warning}</p>
      <ReasonField value={reason} onChange={setReason} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
