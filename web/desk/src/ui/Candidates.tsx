// People to whom a conversation can be given, with what speaks against each, and the overrides
// that this one would need.

import { useId } from 'react';
import { graphql } from '../gql';
import type { CandidateFragment } from '../gql/graphql';
import { useText } from '../text';

export const CandidateFragmentDoc = graphql(`
  fragment Candidate on AgentCandidate {
    agent {
      id
      name
      queues {
        id
        name
      }
    }
    presence
    requiredUnits
    availableUnits
    totalUnits
    capacityExceededBy
    activeConversations
    declines
    needsPresenceOverride
    needsCapacityOverride
    needsDeclinesOverride
  }
`);

export interface Overrides {
  presence: boolean;
  capacity: boolean;
  declines: boolean;
}

export const noOverrides: Overrides = { presence: false, capacity: false, declines: false };

/** Whether everything that this one needs is granted. */
export const suffices = (overrides: Overrides, one: CandidateFragment) =>
  (overrides.presence || !one.needsPresenceOverride) &&
  (overrides.capacity || !one.needsCapacityOverride) &&
  (overrides.declines || !one.needsDeclinesOverride);

interface Props {
  label: string;
  candidates: readonly CandidateFragment[];
  /** Whether these are all: not while they are being asked for. */
  known: boolean;
  chosen: string | null;
  onChoose: (id: string) => void;
}

export function Candidates({ label, candidates, known, chosen, onChoose }: Props) {
  const { t } = useText();
  const name = useId();
  return (
    <fieldset className="candidates">
      <legend>{label}</legend>
      {candidates.length === 0 && known && <p className="empty">{t.assign.none}</p>}
      {candidates.map((one) => (
        <label key={one.agent.id} className="candidate">
          <input
            type="radio"
            name={name}
            checked={chosen === one.agent.id}
            onChange={() => onChoose(one.agent.id)}
          />
          <span className="name">{one.agent.name}</span>
          <span className="presence" data-presence={one.presence}>
            {t.presence[one.presence]}
          </span>
          <span className="load">
            {t.assign.room(one.availableUnits, one.totalUnits, one.requiredUnits)} · {t.assign.handles(one.activeConversations)}
          </span>
          {one.agent.queues && <span className="load">{one.agent.queues.map((queue) => queue.name).join(', ') || t.assign.inNoQueue}</span>}
          <Against candidate={one} />
        </label>
      ))}
    </fieldset>
  );
}

/** What would have to be overridden. */
function Against({ candidate: one }: { candidate: CandidateFragment }) {
  const { t } = useText();
  const against = [
    one.needsPresenceOverride && t.assign.otherPresence,
    one.needsCapacityOverride && t.assign.noRoom(one.capacityExceededBy),
    one.needsDeclinesOverride && t.assign.declined(one.declines),
  ].filter((words) => words !== false);
  return against.length > 0 && <span className="load against">{against.join(' · ')}</span>;
}

interface OverrideProps {
  candidate: CandidateFragment;
  overrides: Overrides;
  onChange: (overrides: Overrides) => void;
}

export function OverrideBoxes({ candidate, overrides, onChange }: OverrideProps) {
  const { t } = useText();
  const boxes: [keyof Overrides, boolean, string][] = [
    ['presence', candidate.needsPresenceOverride, t.assign.overridePresence(t.presence[candidate.presence])],
    ['capacity', candidate.needsCapacityOverride, t.assign.overrideCapacity(candidate.capacityExceededBy)],
    ['declines', candidate.needsDeclinesOverride, t.assign.overrideDeclines(candidate.declines)],
  ];
  return boxes
    .filter(([, needed]) => needed)
    .map(([key, , words]) => (
      <label key={key} className="override">
        <input
          type="checkbox"
          checked={overrides[key]}
          onChange={(event) => onChange({ ...overrides, [key]: event.target.checked })}
        />
        {words}
      </label>
    ));
}
