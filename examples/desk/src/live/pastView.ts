// What a person can ask of the past, and how that is asked of the server.

import type { ConversationFilter } from '../gql/graphql';
import type { Dictionary } from '../text/en';
import { levels, type SentimentGroup } from './view';

export type RatingGroup = keyof Dictionary['past']['ratings'];

export interface PastView {
  text: string;
  tag: string;
  queueId: string | null;
  agentId: string | null;
  disposition: string | null;
  rating: RatingGroup | null;
  sentiment: SentimentGroup | null;
  customer: { id: string; name: string } | null;
}

export const everythingPast: PastView = {
  text: '',
  tag: '',
  queueId: null,
  agentId: null,
  disposition: null,
  rating: null,
  sentiment: null,
  customer: null,
};

const ratings: Record<RatingGroup, number[]> = { good: [4, 5], fair: [3], bad: [1, 2] };

export const isNarrowed = (view: PastView) => Object.values(view).some(Boolean);

export function pastFilterOf(view: PastView): ConversationFilter {
  const [text, tag] = [view.text.trim(), view.tag.trim()];
  return {
    states: ['CLOSED'],
    ...(text && { text }),
    ...(tag && { tags: [tag] }),
    ...(view.queueId && { queueIds: [view.queueId] }),
    ...(view.agentId && { agentId: view.agentId }),
    ...(view.disposition && { dispositionCodes: [view.disposition] }),
    ...(view.rating && { ratings: ratings[view.rating] }),
    ...(view.sentiment && { sentiments: levels[view.sentiment] }),
    ...(view.customer && { customerId: view.customer.id }),
  };
}
