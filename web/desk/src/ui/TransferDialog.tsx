import { useState } from 'react';
import { useQuery } from 'regie-client/react';
import { Transfer } from '../api/acts';
import { useAct } from '../live/useAct';
import { graphql } from '../gql';
import type { PanelFragment } from '../gql/graphql';
import { useText } from '../text';
import { Candidates, noOverrides, OverrideBoxes, suffices } from './Candidates';
import { Dialog, ReasonField } from './Dialog';
import { Unread } from './ReadTrouble';
import { AsItIsNow, useSeen } from './Seen';
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
  conversation: PanelFragment;
  onClose: () => void;
}

export function TransferDialog({ conversation, onClose }: Props) {
  const { id } = conversation;
  const { t } = useText();
  const act = useAct();
  const [agentId, setAgentId] = useState<string | null>(null);
  const [overrides, setOverrides] = useState(noOverrides);
  const [reason, setReason] = useState('');
  const { data, fault, busy, again } = useQuery(Transferable, { id });
  const seen = useSeen(conversation, conversation.viewerCan.transfer, act, again);

  const agents = data?.conversation?.transferableAgents?.edges.map((edge) => edge.node) ?? [];
  const candidate = agents.find((one) => one.agent.id === agentId);

  const submit = async () => {
    if (!candidate) return;
    const input = {
      conversationId: id,
      expectedVersion: seen.version,
      agentId: candidate.agent.id,
      overrideCapacity: overrides.capacity,
      overrideDeclines: overrides.declines,
      reason: reason.trim() || null,
    };
    if ((await act.run(Transfer, input)).kind === 'done') onClose();
  };

  return (
    <Dialog
      heading={t.transfer.heading}
      submit={t.transfer.submit}
      missing={seen.refused ?? (!candidate ? t.assign.choose : suffices(overrides, candidate) ? null : t.assign.override)}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>{t.transfer.intro}</p>
      {fault && <Unread fault={fault} again={again} />}
      <Candidates
        label={t.assign.agents}
        candidates={agents}
        known={!busy && !fault}
        chosen={agentId}
        onChoose={(chosen) => {
          setAgentId(chosen);
          setOverrides(noOverrides);
        }}
      />
      {candidate && <OverrideBoxes candidate={candidate} overrides={overrides} onChange={setOverrides} />}
      <ReasonField value={reason} onChange={setReason} />
      <AsItIsNow conversation={conversation} seen={seen} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}
