// Today's figures, kept right by the server: each answer is whole. Where the day is over and nothing happens, no answer comes
// by itself, so the question is asked again until the day is this one.

import { useCallback, useEffect, useState } from 'react';
import { type Begin, following } from 'regie-client';
import { useClient, useKept } from 'regie-client/react';
import { inFrame } from '../frame';
import { graphql } from '../gql';
import type { DayFragment, TodaySubscription } from '../gql/graphql';
import { useNow } from '../time';
import { dayIn, type FigureName, type TodayView, variablesOf } from './todayView';

export const TodayFiguresFragmentDoc = graphql(`
  fragment TodayFigures on InsightFigures {
    visits {
      waiting
      longestWaitingSince
      abandoned
      abandonRate
      serviceLevel {
        within
        cases
        share
      }
      speedOfAnswer {
        meanSeconds
        p90Seconds
      }
    }
    handleTime {
      count
      meanSeconds
    }
    sentiment {
      scored
      meanScore
      atOrBelowThreshold
    }
  }
`);

export const DayFragmentDoc = graphql(`
  fragment Day on Insights {
    completeSince
    secondsBehind
    partStarts
    rows {
      queue {
        id
        name
      }
      figures {
        ...TodayFigures
      }
      series(figure: $figure)
    }
    totals {
      figures {
        ...TodayFigures
      }
      series(figure: $figure)
    }
  }
`);

const Today = graphql(`
  subscription Today($timeZone: String!, $interval: InsightInterval!, $figure: InsightFigure!, $filter: InsightFilter) {
    insightsLive(timeZone: $timeZone, interval: $interval, groupBy: QUEUE, filter: $filter) {
      ...Day
    }
  }
`);

interface Told {
  /** Null before anything was counted. */
  day: DayFragment | null;
  /** Of which figure its series are. */
  figure: FigureName;
  /** Of which queue it is. */
  queueId: string | null;
}

const ASK_AGAIN_MS = 20_000;

/** `told` is null until the first answer; that of the question before stays until the next is there. */
export function useToday(view: TodayView, zone: string) {
  const connection = useClient();
  const [told, tell] = useState<Told | null>(null);
  const { figure, queueId } = view;
  const key = JSON.stringify(variablesOf(view, zone));
  const begin = useCallback<Begin>(
    (link) => {
      let isOn = true;
      const next = ({ insightsLive }: TodaySubscription) =>
        inFrame(() => isOn && tell({ day: insightsLive ?? null, figure, queueId }));
      const stop = following(connection, Today, JSON.parse(key), next)(link);
      return () => {
        isOn = false;
        stop();
      };
    },
    [connection, key, figure, queueId],
  );
  const kept = useKept(begin);
  const { again } = kept;

  const now = useNow();
  const [first] = told?.day?.partStarts ?? [];
  const isOver = first !== undefined && dayIn(zone, Date.parse(first)) !== dayIn(zone, now);
  useEffect(() => {
    if (!isOver) return;
    again();
    const asking = setInterval(again, ASK_AGAIN_MS);
    return () => clearInterval(asking);
  }, [isOver, again]);

  return { told, ...kept };
}
