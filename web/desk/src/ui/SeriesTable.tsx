// What the chart draws, as a table: for whoever does not see the chart, or wants the figures.

import { inWords, nameOf } from '../figures';
import type { DayFragment } from '../gql/graphql';
import { begunOnly, type FigureName } from '../live/todayView';
import { localeOf, useText } from '../text';
import { Cells } from './Cells';

interface Props {
  figure: FigureName;
  day: DayFragment;
  zone: string;
  isOver: boolean;
}

export function SeriesTable({ figure, day: { rows, totals, partStarts }, zone, isOver }: Props) {
  const speech = useText();
  const { t, lang } = speech;
  const label = nameOf(figure, isOver, t);
  const time = new Intl.DateTimeFormat(localeOf(lang), { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const now = Date.now();
  const columns = [...rows.map(({ queue, series }) => ({ key: queue?.id, name: queue?.name, series })), { key: 'all', name: t.today.all, series: totals.series }];
  const values = columns.map(({ series }) => begunOnly(series, partStarts, now));
  return (
    <details className="series">
      <summary>{t.today.asTable}</summary>
      <Cells label={t.today.overTheDay(label)}>
        <thead>
          <tr>
            <th scope="col">{t.today.from}</th>
            {columns.map(({ key, name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {partStarts.map((start, part) => Date.parse(start) <= now && (
            <tr key={start}>
              <th scope="row">{time.format(Date.parse(start))}</th>
              {columns.map(({ key }, at) => (
                <td key={key}>{inWords(figure, values[at]?.[part], speech)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Cells>
    </details>
  );
}
