// The figures of today as they go, or of an earlier day: a tile for each, one of them drawn over the day by queue, and all by
// queue in a table.

import { type ReactNode, useEffect, useMemo } from 'react';
import type { DayFragment } from '../gql/graphql';
import { dayIn, figureNames, type TodayView, zoneOf } from '../live/todayView';
import { useEarlierDay } from '../live/useEarlierDay';
import { useToday } from '../live/useToday';
import { useText } from '../text';
import { clock, dayInWords, useNow } from '../time';
import { useStanding } from './Desk';
import { FigureChart } from './FigureChart';
import { FigureTable } from './FigureTable';
import { FigureTile } from './FigureTile';
import { ReadTrouble, Unread } from './ReadTrouble';
import { TodayAsked } from './TodayAsked';
import { WallClock } from './WallClock';

export interface QueueHere {
  id: string;
  name: string;
  hours?: { timeZone: string } | null;
}

interface Props {
  view: TodayView;
  onView: (view: TodayView) => void;
  queues: readonly QueueHere[];
}

export function Today({ view, onView, queues }: Props) {
  const { t, lang } = useText();
  const zone = useMemo(() => zoneOf(queues, Intl.DateTimeFormat().resolvedOptions().timeZone), [queues]);
  const today = dayIn(zone, useNow());
  // A day that is not over has no other figures than today's.
  const earlier = view.day !== null && view.day < today ? view.day : null;
  useAwake(view.wall);
  const name = earlier === null ? t.today.heading : dayInWords(earlier, lang);
  const only = view.wall && view.queueId ? queues.find(({ id }) => id === view.queueId)?.name : null;
  const about = { view, onView, queues, zone };

  return (
    <>
      <div className="heading">
        <h2 id="today" tabIndex={-1}>
          {only ? t.today.of(only) : name}
        </h2>
        <span className="count">{t.today.zone(zone)}</span>
        {view.wall && <WallClock zone={zone} />}
      </div>
      {!view.wall && <TodayAsked view={view} onView={onView} queues={queues} day={earlier} today={today} />}
      {earlier === null ? <Running {...about} /> : <Over key={`${earlier} ${view.queueId}`} day={earlier} {...about} />}
    </>
  );
}

interface OfDay extends Props {
  zone: string;
}

/** The day as it goes. */
function Running(props: OfDay) {
  const { view, zone } = props;
  const { t } = useText();
  const { told, trouble, again } = useToday(view, zone);
  const day = told?.day;
  return (
    <>
      <ReadTrouble trouble={trouble} again={again} />
      {!told && !trouble && <p className="empty">{t.list.loading}</p>}
      {told && !day && <p className="empty">{t.today.nothingYet}</p>}
      {day && told.queueId === view.queueId && (
        <Figures {...props} day={day} isDrawn={told.figure === view.figure} isOver={false}>
          <Counted day={day} zone={zone} />
        </Figures>
      )}
    </>
  );
}

/** A day that is over. */
function Over({ day: asked, ...props }: OfDay & { day: string }) {
  const { view, zone } = props;
  const { t, lang } = useText();
  const { isRead, day, isDrawn, countedTo, fault, again } = useEarlierDay(view, asked, zone);
  const said = (instant: string) => clock(instant, lang, Date.now(), zone);
  return (
    <>
      {fault && <Unread fault={fault} again={again} />}
      {!isRead && !fault && <p className="empty">{t.list.loading}</p>}
      {isRead && !day && <p className="empty">{t.today.nothingYet}</p>}
      {day && (
        <Figures {...props} day={day} isDrawn={isDrawn} isOver>
          <p className="counted" data-behind={countedTo !== null || isPart(day)}>
            <span role="status">{countedTo !== null && t.today.countedTo(said(new Date(countedTo).toISOString()))}</span>{' '}
            {day.completeSince ? t.today.completeSince(said(day.completeSince)) : countedTo === null && t.today.complete}
          </p>
        </Figures>
      )}
    </>
  );
}

interface FiguresProps extends OfDay {
  day: DayFragment;
  /** Whether its series are of the figure that is asked for. */
  isDrawn: boolean;
  isOver: boolean;
  children: ReactNode;
}

function Figures({ view, onView, queues, zone, day, isDrawn, isOver, children }: FiguresProps) {
  const { t } = useText();
  const rows = useMemo(() => inOrder(day.rows, queues), [day, queues]);
  return (
    <div className="figures-today" tabIndex={view.wall ? undefined : -1}>
      <ul className="tiles" aria-label={t.today.heading}>
        {figureNames.map((name) => (
          <FigureTile
            key={name}
            name={name}
            figures={day.totals.figures}
            isDrawn={view.figure === name}
            isOver={isOver}
            onDraw={view.wall ? null : () => onView({ ...view, figure: name })}
          />
        ))}
      </ul>
      <FigureChart figure={view.figure} day={isDrawn ? { ...day, rows } : null} zone={zone} plain={view.wall} isOver={isOver} />
      <FigureTable rows={rows} totals={day.totals.figures} isOver={isOver} />
      {children}
    </div>
  );
}

/** Whether it was counted from its begin on. */
const isPart = ({ completeSince, partStarts }: DayFragment) =>
  Boolean(completeSince && partStarts[0] && Date.parse(completeSince) > Date.parse(partStarts[0]));

/** Seconds that are said as seconds. */
const MOMENTS = 120;

/** How far the figures are counted, and from when. */
function Counted({ day, zone }: { day: DayFragment; zone: string }) {
  const { t, lang } = useText();
  const { secondsBehind, completeSince } = day;
  // While nothing comes, the page says that what it shows is how it was.
  const isCutOff = useStanding() !== null;
  const counted = () => {
    if (secondsBehind === 0) return t.today.upToNow;
    // After a start there may be hours to count.
    const to = new Date(Date.now() - secondsBehind * 1000).toISOString();
    return secondsBehind > MOMENTS ? t.today.countedTo(clock(to, lang, Date.now(), zone)) : t.today.behind(secondsBehind);
  };
  return (
    <p className="counted" data-behind={secondsBehind > 0 || isPart(day)}>
      <span role="status">{!isCutOff && counted()}</span>{' '}
      {completeSince ? t.today.completeSince(clock(completeSince, lang, Date.now(), zone)) : t.today.complete}
    </p>
  );
}

/** As the server orders the queues; those that are no longer there come last. */
function inOrder(rows: DayFragment['rows'], queues: readonly QueueHere[]): DayFragment['rows'] {
  const found = queues.flatMap(({ id }) => rows.filter(({ queue }) => queue?.id === id));
  return [...found, ...rows.filter((row) => !found.includes(row))];
}

/** Keeps the screen from going dark. */
function useAwake(wanted: boolean) {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    const hold = async () => {
      if (document.hidden) return;
      try {
        const held = await navigator.wakeLock.request('screen');
        if (isOver) return void held.release();
        lock = held;
      } catch {
        // The system may say no, as when its battery is low.
      }
    };
    void hold();
    // The browser lets go of it whenever the page is hidden.
    document.addEventListener('visibilitychange', hold);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', hold);
      void lock?.release();
    };
  }, [wanted]);
}
