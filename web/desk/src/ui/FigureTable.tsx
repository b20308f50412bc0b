// All figures of the day, by queue.

import { inWords, nameOf } from '../figures';
import type { DayFragment, TodayFiguresFragment } from '../gql/graphql';
import { figureNames, valueOf } from '../live/todayView';
import { useText } from '../text';
import { Cells } from './Cells';

interface Props {
  rows: DayFragment['rows'];
  totals: TodayFiguresFragment;
  /** Whether the day is over. */
  isOver: boolean;
}

export function FigureTable({ rows, totals, isOver }: Props) {
  const speech = useText();
  const { t } = speech;
  const heading = isOver ? t.today.byQueueThen : t.today.byQueue;
  const cells = (figures: TodayFiguresFragment) => figureNames.map((name) => <td key={name}>{inWords(name, valueOf(figures, name), speech)}</td>);
  return (
    <section className="by-queue">
      <h3>{heading}</h3>
      <Cells label={heading}>
        <thead>
          <tr>
            <th scope="col">{t.panel.queue}</th>
            {figureNames.map((name) => (
              <th key={name} scope="col">
                {nameOf(name, isOver, t)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ queue, figures }) => (
            <tr key={queue?.id}>
              <th scope="row">{queue?.name}</th>
              {cells(figures)}
            </tr>
          ))}
          <tr className="all">
            <th scope="row">{t.today.all}</th>
            {cells(totals)}
          </tr>
        </tbody>
      </Cells>
    </section>
  );
}
