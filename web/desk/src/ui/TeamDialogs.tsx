// What is done with an agent: another presence, no more work, a word to them.

import { useId, useState } from 'react';
import { Drain, Notify, SetPresence } from '../api/teamActs';
import type { Presence } from '../gql/graphql';
import { useAct } from '../live/useAct';
import type { TeamRow } from '../live/useTeam';
import { useText } from '../text';
import { Choice } from './Choice';
import { Dialog, ReasonField } from './Dialog';
import { TroubleNotice } from './TroubleNotice';

interface Props {
  agent: TeamRow;
  onClose: () => void;
}

export function PresenceDialog({ agent: { agent, presence: before }, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [presence, setPresence] = useState<Presence | null>(null);
  const [reason, setReason] = useState('');
  // INACTIVE is the system's to say.
  const { INACTIVE: _, [before]: __, ...others } = t.presence;
  const submit = async () => {
    if (!presence) return;
    const outcome = await act.run(SetPresence, { agentId: agent.id, presence, reason: reason.trim() || null });
    if (outcome.kind === 'done') onClose();
  };
  return (
    <Dialog
      heading={t.team.presenceOf(agent.name)}
      submit={t.team.setPresence}
      missing={presence ? null : t.team.choosePresence}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Choice<Presence> label={t.team.presence} value={presence} options={others as Record<Presence, string>} onChange={setPresence} all={presence === null} />
      <ReasonField value={reason} onChange={setReason} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}

export function DrainDialog({ agent: { agent }, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [goOffline, setGoOffline] = useState(false);
  const [reason, setReason] = useState('');
  const [kept, setKept] = useState<{ requeued: number; refused: number } | null>(null);
  const submit = async () => {
    if (kept) return onClose();
    const outcome = await act.run(Drain, { agentId: agent.id, goOffline, reason: reason.trim() || null });
    if (outcome.kind !== 'done') return;
    const { results } = outcome.payload;
    const refused = results.filter(({ refusal }) => refusal).length;
    setKept({ requeued: results.length - refused, refused });
  };
  return (
    <Dialog
      heading={t.team.drainOf(agent.name)}
      submit={kept ? t.bulk.done : t.team.drain}
      cancel={!kept}
      grave={!kept}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {kept ? (
        <p role="status">{t.team.drained(kept.requeued, kept.refused)}</p>
      ) : (
        <>
          <p>{t.team.drainWarning}</p>
          <label className="override">
            <input type="checkbox" checked={goOffline} onChange={(event) => setGoOffline(event.target.checked)} />
            {t.team.goOffline}
          </label>
          <ReasonField value={reason} onChange={setReason} />
        </>
      )}
      <TroubleNotice act={act} />
    </Dialog>
  );
}

const MOST_WORDS = 1_000;

export function NotifyDialog({ to, name, onClose }: { to: { agentIds: string[] } | { queueId: string }; name: string; onClose: () => void }) {
  const { t } = useText();
  const id = useId();
  const act = useAct();
  const [text, setText] = useState('');
  const [told, setTold] = useState<number | null>(null);
  const submit = async () => {
    if (told !== null) return onClose();
    const outcome = await act.run(Notify, { to, text: text.trim() });
    if (outcome.kind === 'done') setTold(outcome.payload.notified ?? 0);
  };
  return (
    <Dialog
      heading={t.team.notifyTo(name)}
      submit={told === null ? t.team.send : t.bulk.done}
      cancel={told === null}
      missing={told === null && !text.trim() ? t.team.writeWhat : null}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {told === null ? (
        <div className="field">
          <label htmlFor={id}>{t.team.words}</label>
          <textarea id={id} rows={4} maxLength={MOST_WORDS} value={text} onChange={(event) => setText(event.target.value)} />
        </div>
      ) : (
        <p role="status">{t.team.told(told)}</p>
      )}
      <TroubleNotice act={act} />
    </Dialog>
  );
}
