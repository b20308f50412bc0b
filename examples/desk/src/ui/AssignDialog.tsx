import { useId, useState } from 'react';
import { useQuery } from 'urql';
import { Assign } from '../api/acts';
import { useAct } from '../api/useAct';
import { graphql } from '../gql';
import type { AssignmentTarget } from '../gql/graphql';
import { useText } from '../text';
import { Candidates, noOverrides, OverrideBoxes, suffices } from './Candidates';
import { Dialog, ReasonField } from './Dialog';
import { Unread } from './ReadTrouble';
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
  id: string;
  version: number;
  onClose: () => void;
}

export function AssignDialog({ id, version, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const field = useId();
  const [search, setSearch] = useState('');
  const [everybody, setEverybody] = useState(false);
  const [agentId, setAgentId] = useState<string | null>(null);
  const [queueId, setQueueId] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(noOverrides);
  const [reason, setReason] = useState('');
  // What was seen when the question was asked: if it changed since, the server says so.
  const [seen] = useState(version);
  const [{ data, error, fetching }, ask] = useQuery({ query: Assignable, variables: { id, search: search.trim() || null, everybody } });

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
      expectedVersion: seen,
      target,
      overridePresence: overrides.presence,
      overrideCapacity: overrides.capacity,
      overrideDeclines: overrides.declines,
      reason: reason.trim() || null,
    };
    if (await act.run(Assign, input)) onClose();
  };

  return (
    <Dialog
      heading={t.assign.heading}
      submit={t.assign.submit}
      missing={target ? null : candidate && !queueId ? t.assign.override : t.assign.choose}
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
      {error && <Unread error={error} again={ask} />}
      <Candidates
        label={t.assign.agents}
        candidates={agents}
        known={!fetching && !error}
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
      <TroubleNotice act={act} />
    </Dialog>
  );
}
