// What can be done with all that is picked.

import { useState } from 'react';
import { useText } from '../text';
import { BulkDialog, type BulkKind } from './BulkDialog';
import type { Picked } from './Conversations';

interface Props {
  picked: Picked;
  queues: readonly { id: string; name: string }[];
  onPicked: (picked: Picked) => void;
}

const KINDS: readonly BulkKind[] = ['assign', 'requeue', 'addTags', 'setPriority', 'forceClose'];

export function BulkBar({ picked, queues, onPicked }: Props) {
  const { t } = useText();
  const [open, setOpen] = useState<BulkKind | null>(null);
  return (
    <section className="bulk" aria-label={t.bulk.heading}>
      <p role="status">{t.bulk.picked(picked.size)}</p>
      {KINDS.map((kind) => (
        <button key={kind} type="button" className={kind === 'forceClose' ? 'grave' : undefined} onClick={() => setOpen(kind)}>
          {t.bulk.kinds[kind]}
        </button>
      ))}
      <button type="button" className="quiet" onClick={() => onPicked(new Map())}>
        {t.bulk.none}
      </button>
      {open && (
        <BulkDialog
          kind={open}
          picked={picked}
          queues={queues}
          onClose={(left) => {
            setOpen(null);
            if (left) onPicked(left);
          }}
        />
      )}
    </section>
  );
}
