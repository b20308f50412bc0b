// What is asked: which day, one queue or all, and how finely the chart is cut.

import { daysAfter, INTERVALS, type Interval, type TodayView } from '../live/todayView';
import { useText } from '../text';
import { Choice } from './Choice';
import { Day } from './Day';
import type { QueueHere } from './Today';

interface Props {
  view: TodayView;
  onView: (view: TodayView) => void;
  queues: readonly QueueHere[];
  /** The earlier day that is shown; null: today. */
  day: string | null;
  today: string;
}

export function TodayAsked({ view, onView, queues, day, today }: Props) {
  const { t } = useText();
  const names = Object.fromEntries(queues.map(({ id, name }) => [id, name]));
  // An address may name a queue that is none of theirs: then it counts as nothing, and is shown as what was asked for.
  if (view.queueId && !(view.queueId in names)) names[view.queueId] = t.list.unknown;
  const intervals = Object.fromEntries(INTERVALS.map((one) => [one, t.today.intervals[one]])) as Record<Interval, string>;
  const show = (chosen: string | null) => onView({ ...view, day: chosen !== null && chosen < today ? chosen : null });
  const shown = day ?? today;
  return (
    <div className="asked today-asked">
      <div className="days">
        <button type="button" className="quiet" aria-label={t.today.dayBefore} title={t.today.dayBefore} onClick={() => show(daysAfter(shown, -1))}>
          ‹
        </button>
        <Day label={t.today.day} value={shown} max={today} onChange={show} />
        <button
          type="button"
          className="quiet"
          aria-label={t.today.dayAfter}
          title={t.today.dayAfter}
          aria-disabled={day === null}
          onClick={() => day !== null && show(daysAfter(day, 1))}
        >
          ›
        </button>
      </div>
      <Choice label={t.panel.queue} value={view.queueId} options={names} onChange={(queueId) => onView({ ...view, queueId })} />
      <Choice
        label={t.today.interval}
        value={view.interval}
        options={intervals}
        all={false}
        onChange={(interval) => interval && onView({ ...view, interval })}
      />
      <button type="button" title={t.today.wallHint} onClick={() => onView({ ...view, day: null, wall: true })}>
        {t.today.wall}
      </button>
    </div>
  );
}
