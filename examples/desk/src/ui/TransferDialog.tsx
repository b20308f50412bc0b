import { useState } from 'react';
import { useQuery } from 'urql';
import { Transfer } from '../api/acts';
import { useAct } from '../api/useAct';
import { graphql } from '../gql';
import { useText } from '../text';
import { Candidates, noOverrides, OverrideBoxes, suffices } from './Candidates';
import { Dialog, ReasonField } from './Dialog';
import { Unread } from './ReadTrouble';
import { TroubleNotice } from './TroubleNotice';

const Transferable = graphql(`
  query Transferable($id: ID!) {
    conversation(id: $id) {
      id
      transferableAgents(first: 50) {
        edges {
          node {
            ...Candidate
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

export function TransferDialog({ id, version, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [agentId, setAgentId] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(noOverrides);
  const [reason, setReason] = useState('');
  // What was seen when the question was asked: if it changed since, the server says so.
  const [seen] = useState(version);
  const [{ data, error, fetching }, ask] = useQuery({ query: Transferable, variables: { id } });

  const agents = data?.conversation?.transferableAgents?.edges.map((edge) => edge.node) ?? [];
  const candidate = agents.find((one) => one.agent.id === agentId);

  const submit = async () => {
    if (!candidate) return;
    const input = {
      conversationId: id,
      expectedVersion: seen,
      agentId: candidate.agent.id,
      overrideCapacity: overrides.capacity,
      overrideDeclines: overrides.declines,
      reason: reason.trim() || null,
    };
    if (await act.run(Transfer, input)) onClose();
  };

  return (
    <Dialog
      heading={t.transfer.heading}
      submit={t.transfer.submit}
      missing={!candidate ? t.assign.choose : suffices(overrides, candidate) ? null : t.assign.override}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t.transfer.intro}</p>
      {error && <Unread error={error} again={ask} />}
      <Candidates
        label={t.assign.agents}
        candidates={agents}
        known={!fetching && !error}
        chosen={agentId}
        onChoose={(chosen) => {
          setAgentId(chosen);
          setOverrides(noOverrides);
        }}
      />
      {candidate && <OverrideBoxes candidate={candidate} overrides={overrides} onChange={setOverrides} />}
      <ReasonField value={reason} onChange={setReason} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
