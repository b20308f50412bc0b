import { type ReactNode, useId } from 'react';
import { useQuery } from 'regie-client/react';
import { graphql } from '../gql';
import type { Channel, StatusReason } from '../gql/graphql';
import { closedBy, everythingPast, isNarrowed, type PastView, type RatingGroup, type SentimentGroup } from '../live/pastView';
import { useText } from '../text';
import { Choice } from './Choice';
import { Day } from './Day';

const Choices = graphql(`
  query Choices {
    agents(first: 100) {
      edges {
        node {
          id
          name
        }
      }
    }
    workstreams(first: 100) {
      edges {
        node {
          dispositions {
            code
            label
          }
        }
      }
    }
  }
`);

interface Props {
  view: PastView;
  onView: (view: PastView) => void;
  queues: readonly { id: string; name: string }[];
}

export function PastFilters({ view, onView, queues }: Props) {
  const { t } = useText();
  const { data } = useQuery(Choices, {});
  const agents = data?.agents.edges.map(({ node }) => [node.id, node.name]) ?? [];
  const dispositions = data?.workstreams.edges.flatMap(({ node }) => node.dispositions.map(({ code, label }) => [code, label]));
  const set = (change: Partial<PastView>) => onView({ ...view, ...change });
  return (
    <form className="filters past-filters" role="search" aria-label={t.past.search} onSubmit={(event) => event.preventDefault()}>
      <Words label={t.past.text} value={view.text} most={200} onChange={(text) => set({ text })} />
      <Words label={t.label.tag} value={view.tag} most={50} onChange={(tag) => set({ tag })} />
      <Choice
        label={t.panel.queue}
        value={view.queueId}
        options={Object.fromEntries(queues.map((queue) => [queue.id, queue.name]))}
        onChange={(queueId) => set({ queueId })}
      />
      <Choice
        label={t.panel.agent}
        value={view.agentId}
        options={Object.fromEntries(agents)}
        onChange={(agentId) => set({ agentId })}
      />
      <Choice
        label={t.past.disposition}
        value={view.disposition}
        options={Object.fromEntries(dispositions ?? [])}
        onChange={(disposition) => set({ disposition })}
      />
      <Choice<RatingGroup>
        label={t.past.rating}
        value={view.rating}
        options={t.past.ratings}
        onChange={(rating) => set({ rating })}
      />
      <Choice<SentimentGroup>
        label={t.past.sentiment}
        value={view.sentiment}
        options={t.past.sentiments}
        onChange={(sentiment) => set({ sentiment })}
      />
      <Choice<Channel> label={t.panel.channel} value={view.channel} options={t.channel} onChange={(channel) => set({ channel })} />
      <Choice<StatusReason>
        label={t.past.closedHow}
        value={view.reason}
        options={Object.fromEntries(closedBy.map((reason) => [reason, t.statusReason[reason]])) as Record<StatusReason, string>}
        onChange={(reason) => set({ reason })}
      />
      <Day label={t.past.from} value={view.from} onChange={(from) => set({ from })} />
      <Day label={t.past.to} value={view.to} onChange={(to) => set({ to })} />
      {view.customer && <Chosen>{t.past.onlyCustomer(view.customer.name)}</Chosen>}
      {isNarrowed(view) && (
        <button type="button" className="quiet" onClick={() => onView(everythingPast)}>
          {t.list.clear}
        </button>
      )}
    </form>
  );
}

const Chosen = ({ children }: { children: ReactNode }) => <p className="chosen">{children}</p>;

interface WordsProps {
  label: string;
  value: string;
  most: number;
  onChange: (value: string) => void;
}

function Words({ label, value, most, onChange }: WordsProps) {
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="search" maxLength={most} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
