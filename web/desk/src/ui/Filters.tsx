// Every condition that the server knows for the list, and which of them hold.

import { type FormEvent, useId, useState } from 'react';
import { useQuery } from 'regie-client/react';
import { graphql } from '../gql';
import { conditionsOf, everything, type ListName, LISTS, MOST_TAGS, orderNames, type OrderName, type View } from '../live/view';
import { useText } from '../text';
import { Choice } from './Choice';
import { Search } from './Search';

const Agents = graphql(`
  query Agents {
    agents(first: 100) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

interface Props {
  view: View;
  onView: (view: View) => void;
  queues: readonly { id: string; name: string }[];
  /** How many one monitors. */
  watched: number;
}

type Words = Partial<Record<string, string>>;

export function Filters({ view, onView, queues, watched }: Props) {
  const { t } = useText();
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const { data } = useQuery(Agents, isOpen || view.agents.length > 0 ? {} : null);
  const { CLOSED: _, ...states } = t.state;
  const words: Record<ListName, Words> = {
    queues: Object.fromEntries(queues.map((queue) => [queue.id, queue.name])),
    agents: Object.fromEntries(data?.agents.edges.map(({ node }) => [node.id, node.name]) ?? []),
    states,
    channels: t.channel,
    sentiments: t.sentiment,
    attention: t.attention,
    priorities: t.priority,
    tags: Object.fromEntries(view.tags.map((tag) => [tag, tag])),
  };
  const conditions = conditionsOf(view);
  const set = (change: Partial<View>) => onView({ ...view, ...change });
  const toggle = (list: ListName, value: string) => {
    const before: readonly string[] = view[list];
    set({ [list]: before.includes(value) ? before.filter((one) => one !== value) : [...before, value] });
  };

  return (
    <form className="filters" role="search" aria-label={t.list.filters} onSubmit={(event) => event.preventDefault()}>
      <div className="asked">
        <Search label={t.list.search} value={view.text} onChange={(text) => set({ text })} />
        <Choice<OrderName>
          label={t.list.order}
          value={view.order}
          options={Object.fromEntries(orderNames.map((name) => [name, t.list.orders[name]])) as Record<OrderName, string>}
          onChange={(order) => set({ order: order ?? everything.order })}
          all={false}
        />
        <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
          {t.list.filters}
          {conditions > 0 && <span className="count"> {conditions}</span>}
        </button>
        <label className="check">
          <input type="checkbox" checked={view.mine} onChange={(event) => set({ mine: event.target.checked })} />
          {t.list.mine}
          {watched > 0 && <span className="count">{watched}</span>}
        </label>
      </div>
      {isOpen && (
        <div id={id} className="conditions">
          {Object.values(LISTS)
            .filter((list) => list !== 'tags')
            .map((list) => (
              <Boxes key={list} label={t.list.conditions[list]} words={words[list]} chosen={view[list]} onToggle={(value) => toggle(list, value)} />
            ))}
          <div className="more-conditions">
            <Tag onAdd={(tag) => view.tags.length < MOST_TAGS && !view.tags.includes(tag) && toggle('tags', tag)} />
            <Either label={t.list.needsAttention} words={t.list.withAttention} value={view.needsAttention} onChange={(needsAttention) => set({ needsAttention })} />
            <Either label={t.panel.agent} words={t.list.withAgent} value={view.unassigned} onChange={(unassigned) => set({ unassigned })} />
          </div>
        </div>
      )}
      {conditions > 0 && (
        <ul className="chosen-conditions" aria-label={t.list.chosen}>
          {Object.values(LISTS).flatMap((list) =>
            view[list].map((value: string) => (
              <li key={`${list} ${value}`}>
                <button type="button" className="condition" onClick={() => toggle(list, value)}>
                  <span className="visually-hidden">{t.list.without} </span>
                  {words[list][value] ?? t.list.unknown} <span aria-hidden="true">×</span>
                </button>
              </li>
            )),
          )}
          <li>
            <button type="button" className="quiet" onClick={() => onView({ ...everything, text: view.text, order: view.order })}>
              {t.list.clear}
            </button>
          </li>
        </ul>
      )}
    </form>
  );
}

interface BoxesProps {
  label: string;
  words: Words;
  chosen: readonly string[];
  onToggle: (value: string) => void;
}

function Boxes({ label, words, chosen, onToggle }: BoxesProps) {
  return (
    <fieldset>
      <legend>{label}</legend>
      <div className="boxes">
        {Object.entries(words).map(([value, word]) => (
          <label key={value} className="check">
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
            {word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Tag({ onAdd }: { onAdd: (tag: string) => void }) {
  const { t } = useText();
  const id = useId();
  const [text, setText] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) onAdd(text.trim());
    setText('');
  };
  return (
    <div className="choice">
      <label htmlFor={id}>{t.label.tag}</label>
      <span className="add">
        <input id={id} maxLength={50} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && add(event)} />
        <button type="button" onClick={add}>
          {t.label.add}
        </button>
      </span>
    </div>
  );
}

interface EitherProps {
  label: string;
  words: { true: string; false: string };
  value: boolean | null;
  onChange: (value: boolean | null) => void;
}

const Either = ({ label, words, value, onChange }: EitherProps) => (
  <Choice<'true' | 'false'>
    label={label}
    value={value === null ? null : value ? 'true' : 'false'}
    options={words}
    onChange={(chosen) => onChange(chosen === null ? null : chosen === 'true')}
  />
);
