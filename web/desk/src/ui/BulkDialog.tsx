// One act on many conversations: what of it would be refused now, and what came of each.

import { useId, useState } from 'react';
import { useQuery } from 'regie-client/react';
import { useAct } from '../live/useAct';
import '../api/refusal';
import { graphql } from '../gql';
import type { BulkActionChoice, BulkActionMutation, ErrorCode, Priority } from '../gql/graphql';
import { useText } from '../text';
import { Choice } from './Choice';
import type { Picked, PickedOne } from './Conversations';
import { Dialog, ReasonField } from './Dialog';
import { Unread } from './ReadTrouble';
import { TroubleNotice } from './TroubleNotice';

export type BulkKind = 'assign' | 'requeue' | 'addTags' | 'setPriority' | 'forceClose';

const Preview = graphql(`
  query BulkPreview($input: BulkPreviewInput!) {
    bulkPreview(input: $input) {
      conversationId
      refusal {
        code
        message
      }
    }
  }
`);

const Bulk = graphql(`
  mutation BulkAction($input: BulkActionInput!) {
    bulkAction(input: $input) {
      errors {
        ...Refusal
      }
      results {
        conversationId
        refusal {
          code
          message
        }
      }
    }
  }
`);

const People = graphql(`
  query People($text: String) {
    agents(first: 50, filter: { kinds: [HUMAN], text: $text }) {
      edges {
        node {
          id
          name
          presence
        }
      }
    }
  }
`);

type Result = BulkActionMutation['bulkAction']['results'][number];

interface Props {
  kind: BulkKind;
  picked: Picked;
  queues: readonly { id: string; name: string }[];
  /** With what stays picked, where something was done. */
  onClose: (left: Picked | null) => void;
}

export function BulkDialog({ kind, picked, queues, onClose }: Props) {
  const { t } = useText();
  const act = useAct();
  const [chosen] = useState(picked);
  const [ids] = useState(() => [...picked.keys()]);
  const [choice, setChoice] = useState<BulkActionChoice | null>(kind === 'forceClose' ? { forceClose: true } : kind === 'requeue' ? { requeue: {} } : null);
  const [reason, setReason] = useState('');
  const [results, setResults] = useState<readonly Result[] | null>(null);
  const forecast = useQuery(Preview, choice && !results ? { input: { action: choice, conversationIds: ids } } : null);
  const refused = results?.filter(({ refusal }) => refusal) ?? [];

  const submit = async () => {
    if (!choice) return;
    const outcome = await act.run(Bulk, { action: choice, conversationIds: ids, reason: reason.trim() || null });
    if (outcome.kind === 'done') setResults(outcome.payload.results);
  };
  const close = () => onClose(results && new Map(refused.flatMap(({ conversationId: id }) => (chosen.get(id) ? [[id, chosen.get(id)!]] : []))));

  if (results) {
    return (
      <Dialog heading={t.bulk.outcome(results.length - refused.length, refused.length)} submit={t.panel.close} cancel={false} busy={false} onSubmit={close} onClose={close}>
        <ul className="outcomes">
          {results.map(({ conversationId: id, refusal }) => (
            <li key={id} data-refused={refusal !== null && refusal !== undefined}>
              <span>
                <Named one={chosen.get(id)} />
              </span>{' '}
              <span>{refusal ? (t.codes[refusal.code] ?? refusal.message) : t.bulk.done}</span>
            </li>
          ))}
        </ul>
      </Dialog>
    );
  }
  return (
    <Dialog
      heading={`${t.bulk.kinds[kind]}: ${t.bulk.picked(ids.length)}`}
      submit={t.bulk.kinds[kind]}
      grave={kind === 'forceClose'}
      missing={choice || kind === 'requeue' || kind === 'forceClose' ? null : t.bulk.missing[kind]}
      busy={act.busy}
      onSubmit={() => void submit()}
      onClose={close}
    >
      {kind === 'forceClose' && <p>{t.bulk.closing}</p>}
      <Chosen picked={chosen} />
      <Target kind={kind} queues={queues} onChoice={setChoice} />
      {choice && <Forecast refusals={forecast.data?.bulkPreview.flatMap(({ refusal }) => refusal ?? []) ?? null} many={ids.length} busy={forecast.busy} />}
      {forecast.fault && <Unread fault={forecast.fault} again={forecast.again} />}
      <ReasonField value={reason} onChange={setReason} />
      <TroubleNotice act={act} />
    </Dialog>
  );
}

function Named({ one }: { one: PickedOne | undefined }) {
  const { t } = useText();
  return (
    <>
      <span className="name">{one?.customer ?? t.list.unnamed}</span>
      {one?.subject && <span className="quiet"> · {one.subject}</span>}
    </>
  );
}

/** So many of what is chosen are named. */
const NAMED = 5;

function Chosen({ picked }: { picked: Picked }) {
  const { t } = useText();
  return (
    <ul className="chosen-ones" aria-label={t.bulk.picked(picked.size)}>
      {[...picked].slice(0, NAMED).map(([id, one]) => (
        <li key={id}>
          <Named one={one} />
        </li>
      ))}
      {picked.size > NAMED && <li className="quiet">{t.bulk.andMore(picked.size - NAMED)}</li>}
    </ul>
  );
}

/** What would come of it now. */
function Forecast({ refusals, many, busy }: { refusals: readonly { code: ErrorCode; message: string }[] | null; many: number; busy: boolean }) {
  const { t } = useText();
  if (!refusals || busy) return <p className="quiet" role="status">{t.list.loading}</p>;
  const counts = new Map<string, number>();
  for (const { code, message } of refusals) {
    const why = t.codes[code] ?? message;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return (
    <div role="status">
      <p>{t.bulk.forecast(many - refusals.length, refusals.length)}</p>
      <ul className="forecast">
        {[...counts].map(([why, many]) => (
          <li key={why}>
            {many} × {why}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Target({ kind, queues, onChoice }: { kind: BulkKind; queues: Props['queues']; onChoice: (choice: BulkActionChoice | null) => void }) {
  const { t } = useText();
  const id = useId();
  const [tags, setTags] = useState('');
  const [priority, setPriority] = useState<Priority | null>(null);
  const [queueId, setQueueId] = useState<string | null>(null);
  const names = Object.fromEntries(queues.map((queue) => [queue.id, queue.name]));
  switch (kind) {
    case 'forceClose':
      return null;
    case 'addTags':
      return (
        <div className="field">
          <label htmlFor={id}>{t.bulk.tags}</label>
          <input
            id={id}
            value={tags}
            maxLength={1_000}
            onChange={(event) => {
              setTags(event.target.value);
              const given = event.target.value.split(',').map((tag) => tag.trim().slice(0, 50)).filter(Boolean);
              onChoice(given.length > 0 ? { addTags: given.slice(0, 20) } : null);
            }}
          />
        </div>
      );
    case 'setPriority':
      return (
        <Choice<Priority>
          label={t.label.priority}
          value={priority}
          options={t.priority}
          onChange={(chosen) => {
            setPriority(chosen);
            onChoice(chosen && { setPriority: chosen });
          }}
        />
      );
    case 'requeue':
      return (
        <Choice
          label={t.bulk.requeueTo}
          value={queueId}
          options={names}
          onChange={(chosen) => {
            setQueueId(chosen);
            onChoice({ requeue: chosen ? { queueId: chosen } : {} });
          }}
        />
      );
    case 'assign':
      return <AssignTarget names={names} onChoice={onChoice} />;
  }
}

function AssignTarget({ names, onChoice }: { names: Record<string, string>; onChoice: (choice: BulkActionChoice | null) => void }) {
  const { t } = useText();
  const id = useId();
  const [text, setText] = useState('');
  const [target, setTarget] = useState<{ agentId: string } | { queueId: string } | null>(null);
  const [override, setOverride] = useState(false);
  const { data } = useQuery(People, { text: text.trim() || null });
  const choose = (next: typeof target, whatever = override) => {
    setTarget(next);
    setOverride(whatever);
    onChoice(next && { assign: { target: next, overrideCapacity: whatever, overridePresence: whatever, overrideDeclines: whatever } });
  };
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{t.assign.search}</label>
        <input id={id} type="search" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      <fieldset className="candidates">
        <legend>{t.assign.agents}</legend>
        {data?.agents.edges.map(({ node }) => (
          <label key={node.id} className="candidate">
            <input type="radio" name={id} checked={target !== null && 'agentId' in target && target.agentId === node.id} onChange={() => choose({ agentId: node.id })} />
            <span className="name">{node.name}</span>
            <span className="presence" data-presence={node.presence}>
              {node.presence && t.presence[node.presence]}
            </span>
          </label>
        ))}
      </fieldset>
      <Choice
        label={t.assign.queues}
        value={target && 'queueId' in target ? target.queueId : null}
        options={names}
        onChange={(queueId) => choose(queueId ? { queueId } : null)}
      />
      <label className="override">
        <input type="checkbox" checked={override} onChange={(event) => choose(target, event.target.checked)} />
        {t.bulk.override}
      </label>
    </>
  );
}
