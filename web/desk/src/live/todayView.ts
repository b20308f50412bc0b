// What a person can ask of today's figures, how that is asked of the server, and how the address says it.

import type { InsightFigure, InsightFilter, InsightRange, TodayFiguresFragment } from '../gql/graphql';
import { dayOf } from './days';

/** A figure of the day, by what the chart's is called at the server. */
export const FIGURES = {
  waiting: 'VISITS_WAITING',
  serviceLevel: 'SERVICE_LEVEL',
  abandoned: 'ABANDON_RATE',
  speed: 'MEAN_SPEED_OF_ANSWER',
  handle: 'MEAN_HANDLE_TIME',
  sentiment: 'MEAN_SENTIMENT',
} as const satisfies Record<string, InsightFigure>;
export type FigureName = keyof typeof FIGURES;
export const figureNames = Object.keys(FIGURES) as FigureName[];

export const INTERVALS = ['HOUR', 'QUARTER_HOUR'] as const;
export type Interval = (typeof INTERVALS)[number];

export interface TodayView {
  /** A day that is over, as 2026-12-03; null: today. */
  day: string | null;
  queueId: string | null;
  /** Which figure is drawn. */
  figure: FigureName;
  interval: Interval;
  /** For a screen on the wall: large, and without controls. */
  wall: boolean;
}

export const wholeDay: TodayView = { day: null, queueId: null, figure: 'serviceLevel', interval: 'HOUR', wall: false };

export function variablesOf({ queueId, figure, interval }: TodayView, timeZone: string) {
  const filter: InsightFilter | null = queueId ? { queueIds: [queueId] } : null;
  return { timeZone, interval, figure: FIGURES[figure], filter };
}

export const variablesOfDay = (view: TodayView, day: string, timeZone: string) => ({
  ...variablesOf(view, timeZone),
  range: rangeOf(day, timeZone),
});

export function writeToday({ day, queueId, figure, interval, wall }: TodayView): URLSearchParams {
  const asked = new URLSearchParams();
  if (day) asked.set('day', day);
  if (queueId) asked.set('queue', queueId);
  if (figure !== wholeDay.figure) asked.set('figure', figure);
  if (interval !== wholeDay.interval) asked.set('interval', interval);
  if (wall) asked.set('wall', '1');
  return asked;
}

export function readToday(asked: URLSearchParams): TodayView {
  const queueId = asked.get('queue');
  const wall = asked.get('wall') === '1';
  return {
    // What hangs on a wall is of today.
    day: wall ? null : dayOf(asked.get('day')),
    queueId: queueId && /^queue_\w+$/.test(queueId) ? queueId : null,
    figure: figureNames.find((one) => one === asked.get('figure')) ?? wholeDay.figure,
    interval: INTERVALS.find((one) => one === asked.get('interval')) ?? wholeDay.interval,
    wall,
  };
}

/** What the tile and the table show of a figure; null where there are no cases. */
export function valueOf({ visits, handleTime, sentiment }: TodayFiguresFragment, name: FigureName): number | null {
  const values: Record<FigureName, number | null | undefined> = {
    waiting: visits.waiting,
    serviceLevel: visits.serviceLevel?.share,
    abandoned: visits.abandonRate,
    speed: visits.speedOfAnswer.meanSeconds,
    handle: handleTime.meanSeconds,
    sentiment: sentiment.meanScore,
  };
  return values[name] ?? null;
}

interface Hours {
  hours?: { timeZone: string } | null;
}

/** The zone of the day: `here` where a queue has its opening hours here or none has any, or else that of most queues. */
export function zoneOf(queues: readonly Hours[], here: string): string {
  const counts = new Map<string, number>();
  for (const { hours } of queues) if (hours) counts.set(hours.timeZone, (counts.get(hours.timeZone) ?? 0) + 1);
  if (counts.has(here)) return here;
  let [zone, most] = [here, 0];
  for (const [name, count] of counts) if (count > most) [zone, most] = [name, count];
  return zone;
}

/** The date of an instant in a zone, as 2026-12-03. */
export const dayIn = (zone: string, instant: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(instant);

/** So many days after one, or before it. */
export function daysAfter(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

const QUARTER_MS = 900_000;
/** A day begins anywhere on earth within so many quarters of an hour before or after it begins in UTC. */
const MOST_QUARTERS = 64;

/** The first quarter of an hour of a day in a zone: midnight, or what comes after a midnight that the clock leaves out. */
function beginOf(day: string, zone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  let [before, from] = [-MOST_QUARTERS, MOST_QUARTERS];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (dayIn(zone, utc + middle * QUARTER_MS) < day) before = middle;
    else from = middle;
  }
  return utc + from * QUARTER_MS;
}

/** From the begin of a day of a zone to that of the next. */
export const rangeOf = (day: string, zone: string): InsightRange => ({
  from: new Date(beginOf(day, zone)).toISOString(),
  to: new Date(beginOf(daysAfter(day, 1), zone)).toISOString(),
});

/** The values of the parts that have begun; what is to come has none. */
export const begunOnly = (values: readonly (number | null)[], starts: readonly string[], now: number) =>
  values.map((value, at) => (Date.parse(starts[at] ?? '') <= now ? value : null));
