// One figure over the day, a line for each queue and one for all; the same as a table.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Chart, Line, Plotted } from '../chart';
import { inWords, nameOf, scales } from '../figures';
import type { DayFragment } from '../gql/graphql';
import { begunOnly, type FigureName } from '../live/todayView';
import { localeOf, useText } from '../text';
import { SeriesTable } from './SeriesTable';

/** So many queues are drawn; the table has all. */
const MOST_LINES = 8;
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 4], [8, 4, 2, 4]];

interface Props {
  figure: FigureName;
  /** Null while the figure is awaited. */
  day: DayFragment | null;
  zone: string;
  /** On a wall there is nothing to open. */
  plain: boolean;
  isOver: boolean;
}

export function FigureChart({ figure, day, zone, plain, isOver }: Props) {
  const { t } = useText();
  const plotted = useMemo(() => day && plottedOf(day, t.today.all), [day, t]);
  const [part, point] = useState<number | null>(null);
  const label = nameOf(figure, isOver, t);
  return (
    <figure className="chart">
      <figcaption>{t.today.overTheDay(label)}</figcaption>
      {plotted ? (
        <>
          <Canvas key={figure} figure={figure} plotted={plotted} zone={zone} label={label} point={point} />
          <Legend figure={figure} plotted={plotted} part={part} zone={zone} />
          {day && day.rows.length > MOST_LINES && <p className="quiet">{t.today.mostDrawn(MOST_LINES)}</p>}
          {!plain && day && <SeriesTable figure={figure} day={day} zone={zone} isOver={isOver} />}
        </>
      ) : (
        <p className="canvas empty">{t.list.loading}</p>
      )}
    </figure>
  );
}

function plottedOf({ rows, totals, partStarts }: DayFragment, all: string): Plotted {
  const now = Date.now();
  const busiest = rows.slice(0, MOST_LINES);
  const queues = busiest.map(({ queue, series }, at): Line => ({
    name: queue?.name ?? '',
    colour: `--line-${at + 1}`,
    dash: DASHES[at % DASHES.length] ?? [],
    width: 2,
    values: begunOnly(series, partStarts, now),
  }));
  const total: Line = { name: all, colour: '--text', dash: [], width: 3, values: begunOnly(totals.series, partStarts, now) };
  return { starts: partStarts.map((start) => Date.parse(start)), lines: [...(queues.length > 1 ? queues : []), total] };
}

interface CanvasProps {
  figure: FigureName;
  plotted: Plotted;
  zone: string;
  label: string;
  point: (part: number | null) => void;
}

function Canvas({ figure, plotted, zone, label, point }: CanvasProps) {
  const speech = useText();
  const { t, lang } = speech;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(undefined);
  const newest = useRef(plotted);
  newest.current = plotted;
  const [drawing, setDrawing] = useState<typeof import('../chart') | 'missing' | null>(null);
  const theme = useTheme();
  // Other lines are another chart; other values are not.
  const lines = plotted.lines.map(({ name }) => name).join('\n');

  useEffect(() => {
    let isOn = true;
    const load = import('../chart');
    load.then((loaded) => isOn && setDrawing(loaded), () => isOn && setDrawing('missing'));
    return () => void (isOn = false);
  }, []);
  useEffect(() => {
    if (!host.current || !drawing || drawing === 'missing') return;
    const say = (value: number) => inWords(figure, value, speech);
    const drawn = drawing.draw(host.current, newest.current, { zone, locale: localeOf(lang), scale: scales[figure], say, point });
    chart.current = drawn;
    return () => {
      chart.current = undefined;
      drawn.end();
    };
    // What it says follows from the language.
  }, [drawing, figure, zone, lang, lines, theme, point]);
  useEffect(() => chart.current?.update(plotted), [plotted]);

  if (drawing === 'missing') return <p className="canvas empty">{t.today.notDrawn}</p>;
  return <div ref={host} className="canvas" role="img" aria-label={t.today.chartOf(label)} />;
}

/** Another value whenever the colours are others. */
function useTheme(): string {
  const [theme, setTheme] = useState('');
  useEffect(() => {
    const asked = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((one) => matchMedia(one));
    const look = () => setTheme(asked.map(({ matches }) => matches).join());
    look();
    for (const one of asked) one.addEventListener('change', look);
    return () => asked.forEach((one) => one.removeEventListener('change', look));
  }, []);
  return theme;
}

function Legend({ figure, plotted, part, zone }: { figure: FigureName; plotted: Plotted; part: number | null; zone: string }) {
  const speech = useText();
  const { lang } = speech;
  const start = part === null ? undefined : plotted.starts[part];
  const time = new Intl.DateTimeFormat(localeOf(lang), { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return (
    <ul className="legend">
      {plotted.lines.map(({ name, colour, dash, width, values }) => (
        <li key={colour}>
          <svg width="28" height="8" aria-hidden="true" data-colour={colour}>
            <line x1="0" x2="28" y1="4" y2="4" strokeWidth={width} strokeDasharray={dash.join(' ')} />
          </svg>
          {name}
          {part !== null && start !== undefined && <span className="quiet"> {inWords(figure, values[part], speech)}</span>}
        </li>
      ))}
      {start !== undefined && <li className="quiet">{time.format(start)}</li>}
    </ul>
  );
}
