// The figures of a day that is over: read once, and again while the server still counts it.

import { useEffect, useRef } from 'react';
import { useQuery } from 'regie-client/react';
import { graphql } from '../gql';
import type { DayFragment } from '../gql/graphql';
import { type TodayView, variablesOfDay } from './todayView';

const EarlierDay = graphql(`
  query EarlierDay($range: InsightRange!, $timeZone: String!, $interval: InsightInterval!, $figure: InsightFigure!, $filter: InsightFilter) {
    insights(range: $range, timeZone: $timeZone, interval: $interval, groupBy: QUEUE, filter: $filter) {
      ...Day
    }
  }
`);

const ASK_AGAIN_MS = 3_000;

/** Up to when a day is counted, in milliseconds since 1970; null: all of it. */
function countedTo({ secondsBehind }: DayFragment, end: string): number | null {
  if (secondsBehind === 0) return null;
  const to = Date.now() - secondsBehind * 1000;
  return to < Date.parse(end) ? to : null;
}

export function useEarlierDay(view: TodayView, day: string, zone: string) {
  const variables = variablesOfDay(view, day, zone);
  const { data, fault, busy, again } = useQuery(EarlierDay, variables);
  const figures = data?.insights ?? null;
  // What is read again is the same question: what is drawn stays.
  const key = JSON.stringify(variables);
  const answered = useRef('');
  if (!busy && data) answered.current = key;
  const to = figures && countedTo(figures, variables.range.to);
  const isCounting = to !== null;
  useEffect(() => {
    if (!isCounting) return;
    const asking = setInterval(again, ASK_AGAIN_MS);
    return () => clearInterval(asking);
  }, [isCounting, again]);
  return { isRead: data !== null, day: figures, isDrawn: answered.current === key, countedTo: to, fault, again };
}
