import { useState } from 'react';
import { ForceClose } from '../api/acts';
import { useAct } from '../api/useAct';
import { useText } from '../text';
import { Dialog, ReasonField } from './Dialog';
import { TroubleNotice } from './TroubleNotice';

interface Props {
  id: string;
  version: number;
  onClose: () => void;
}

export function ForceCloseDialog({ id, version, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [reason, setReason] = useState('');
  // What was seen when the question was asked: if it changed since, the server says so.
  const [seen] = useState(version);

  const submit = async () => {
    const input = { conversationId: id, expectedVersion: seen, reason: reason.trim() || null };
    if (await act.run(ForceClose, input)) onClose();
  };

  return (
    <Dialog
      heading={t.forceClose.heading}
      submit={t.forceClose.submit}
      grave
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t.forceClose.warning}</p>
      <ReasonField value={reason} onChange={setReason} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
