// What a person can ask of the list, and how that is asked of the server.

import type { OngoingFilter, OngoingOrder, SentimentLevel, State } from '../gql/graphql';
import type { Dictionary } from '../text/en';

export type OrderName = keyof Dictionary['list']['orders'];
export type SentimentGroup = keyof Dictionary['list']['sentiments'];

export interface View {
  queueId: string | null;
  state: State | null;
  sentiment: SentimentGroup | null;
  order: OrderName;
  first: number;
}

export const PAGE = 50;
/** The most that the server gives at once. */
export const MOST = 100;

export const everything: View = { queueId: null, state: null, sentiment: null, order: 'attention', first: PAGE };

export const isFiltered = (view: View) => Boolean(view.queueId || view.state || view.sentiment);

const orders: Record<OrderName, OngoingOrder> = {
  attention: { field: 'ATTENTION', direction: 'DESC' },
  waiting: { field: 'WAITING_TIME', direction: 'DESC' },
  sentiment: { field: 'SENTIMENT', direction: 'ASC' },
  priority: { field: 'PRIORITY', direction: 'DESC' },
  newest: { field: 'STARTED_AT', direction: 'DESC' },
};

export const levels: Record<SentimentGroup, SentimentLevel[]> = {
  unhappy: ['VERY_NEGATIVE', 'NEGATIVE', 'SLIGHTLY_NEGATIVE'],
  neutral: ['NEUTRAL'],
  happy: ['SLIGHTLY_POSITIVE', 'POSITIVE', 'VERY_POSITIVE'],
};

export const orderOf = (view: View): OngoingOrder => orders[view.order];

export function filterOf({ queueId, state, sentiment }: View): OngoingFilter {
  return {
    ...(queueId && { queueIds: [queueId] }),
    ...(state && { states: [state] }),
    ...(sentiment && { sentiments: levels[sentiment] }),
  };
}
