import { useId } from 'react';
import type { State } from '../gql/graphql';
import { everything, isFiltered, type OrderName, type SentimentGroup, type View } from '../live/view';
import { useText } from '../text';

interface Props {
  view: View;
  onView: (view: View) => void;
  queues: readonly { id: string; name: string }[];
}

export function Filters({ view, onView, queues }: Props) {
  const { t } = useText();
  const { CLOSED: _, ...ongoing } = t.state;
  return (
    <form className="filters" aria-label={t.list.filters} onSubmit={(event) => event.preventDefault()}>
      <Choice
        label={t.list.queue}
        value={view.queueId}
        options={Object.fromEntries(queues.map((queue) => [queue.id, queue.name]))}
        onChange={(queueId) => onView({ ...view, queueId })}
      />
      <Choice<Exclude<State, 'CLOSED'>>
        label={t.list.state}
        value={view.state === 'CLOSED' ? null : view.state}
        options={ongoing}
        onChange={(state) => onView({ ...view, state })}
      />
      <Choice<SentimentGroup>
        label={t.list.sentiment}
        value={view.sentiment}
        options={t.list.sentiments}
        onChange={(sentiment) => onView({ ...view, sentiment })}
      />
      <Choice<OrderName>
        label={t.list.order}
        value={view.order}
        options={t.list.orders}
        onChange={(order) => onView({ ...view, order: order ?? everything.order })}
        all={false}
      />
      {isFiltered(view) && (
        <button type="button" className="quiet" onClick={() => onView({ ...everything, order: view.order })}>
          {t.list.clear}
        </button>
      )}
    </form>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value | null;
  options: Record<Value, string>;
  onChange: (value: Value | null) => void;
  /** Whether one may choose not to choose. */
  all?: boolean;
}

export function Choice<Value extends string>({ label, value, options, onChange, all = true }: ChoiceProps<Value>) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => onChange((event.target.value as Value) || null)}>
        {all && <option value="">{t.list.all}</option>}
        {(Object.entries(options) as [Value, string][]).map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}
