import { useId, useState } from 'react';
import { useQuery } from 'regie-client/react';
import { Assign } from '../api/acts';
import { useAct } from '../live/useAct';
import { graphql } from '../gql';
import type { AssignmentTarget, PanelFragment } from '../gql/graphql';
import { useText } from '../text';
import { Candidates, noOverrides, OverrideBoxes, suffices } from './Candidates';
import { Dialog, ReasonField } from './Dialog';
import { Unread } from './ReadTrouble';
import { AsItIsNow, useSeen } from './Seen';
import { TroubleNotice } from './TroubleNotice';

const Assignable = graphql(`
  query Assignable($id: ID!, $search: String, $everybody: Boolean!) {
    conversation(id: $id) {
      id
      assignableAgents(first: 50, search: $search, includePresenceOverride: $everybody) {
        edges {
          node {
            ...Candidate
          }
        }
      }
      assignableQueues(first: 100) {
        edges {
          node {
            id
            name
          }
        }
      }
    }
  }
`);

interface Props {
  conversation: PanelFragment;
  onClose: () => void;
}

export function AssignDialog({ conversation, onClose }: Props) {
  const { id } = conversation;
  const { t } = useText();
  const act = useAct();
  const field = useId();
  const [search, setSearch] = useState('');
  const [everybody, setEverybody] = useState(false);
  const [agentId, setAgentId] = useState<string | null>(null);
  const [queueId, setQueueId] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(noOverrides);
  const [reason, setReason] = useState('');
  const { data, fault, busy, again } = useQuery(Assignable, { id, search: search.trim() || null, everybody });
  const seen = useSeen(conversation, conversation.viewerCan.assign, act, again);

  const agents = data?.conversation?.assignableAgents?.edges.map((edge) => edge.node) ?? [];
  const queues = data?.conversation?.assignableQueues?.edges.map((edge) => edge.node) ?? [];
  const candidate = agents.find((one) => one.agent.id === agentId);
  const target: AssignmentTarget | null = queueId
    ? { queueId }
    : candidate && suffices(overrides, candidate)
      ? { agentId: candidate.agent.id }
      : null;

  const submit = async () => {
    if (!target) return;
    const input = {
      conversationId: id,
      expectedVersion: seen.version,
      target,
      overridePresence: overrides.presence,
      overrideCapacity: overrides.capacity,
      overrideDeclines: overrides.declines,
      reason: reason.trim() || null,
    };
    if ((await act.run(Assign, input)).kind === 'done') onClose();
  };

  return (
    <Dialog
      heading={t.assign.heading}
      submit={t.assign.submit}
      missing={seen.refused ?? (target ? null : candidate && !queueId ? t.assign.override : t.assign.choose)}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <div className="field">
        <label htmlFor={`${field}-search`}>{t.assign.search}</label>
        <input
          id={`${field}-search`}
          type="search"
          maxLength={200}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <label className="override">
        <input type="checkbox" checked={everybody} onChange={(event) => setEverybody(event.target.checked)} />
        {t.assign.everybody}
      </label>
      {fault && <Unread fault={fault} again={again} />}
      <Candidates
        label={t.assign.agents}
        candidates={agents}
        known={!busy && !fault}
        chosen={queueId ? null : agentId}
        onChoose={(chosen) => {
          setAgentId(chosen);
          setQueueId(null);
          setOverrides(noOverrides);
        }}
      />
      {candidate && !queueId && (
        <OverrideBoxes candidate={candidate} overrides={overrides} onChange={setOverrides} />
      )}
      <div className="field">
        <label htmlFor={`${field}-queue`}>{t.assign.queues}</label>
        <select
          id={`${field}-queue`}
          value={queueId ?? ''}
          onChange={(event) => setQueueId(event.target.value || null)}
        >
          <option value="">{queues.length ? '–' : t.assign.noQueue}</option>
          {queues.map((queue) => (
            <option key={queue.id} value={queue.id}>
              {queue.name}
            </option>
          ))}
        </select>
      </div>
      <ReasonField value={reason} onChange={setReason} />
      <AsItIsNow conversation={conversation} seen={seen} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
