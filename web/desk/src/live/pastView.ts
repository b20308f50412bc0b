// What a person can ask of the past, and how that is asked of the server.

import type { Channel, ConversationFilter, SentimentLevel, StatusReason } from '../gql/graphql';
import { type Dictionary, en } from '../text/en';
import { between, dayOf } from './days';

export type SentimentGroup = keyof Dictionary['past']['sentiments'];
const levels: Record<SentimentGroup, SentimentLevel[]> = {
  unhappy: ['VERY_NEGATIVE', 'NEGATIVE', 'SLIGHTLY_NEGATIVE'],
  neutral: ['NEUTRAL'],
  happy: ['SLIGHTLY_POSITIVE', 'POSITIVE', 'VERY_POSITIVE'],
};

export type RatingGroup = keyof Dictionary['past']['ratings'];

export interface PastView {
  text: string;
  tag: string;
  queueId: string | null;
  agentId: string | null;
  disposition: string | null;
  rating: RatingGroup | null;
  sentiment: SentimentGroup | null;
  channel: Channel | null;
  /** How it was closed. */
  reason: StatusReason | null;
  /** Days here, as 2026-12-03: closed on this one or later, and on this one or before. */
  from: string | null;
  to: string | null;
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
  channel: null,
  reason: null,
  from: null,
  to: null,
  customer: null,
};

/** The reasons for which a conversation is closed. */
export const closedBy = [
  'ENDED_BY_AGENT',
  'ENDED_BY_CUSTOMER',
  'ENDED_BY_BOT',
  'CUSTOMER_LEFT_OPEN',
  'AUTO_CLOSED_BY_SYSTEM',
  'AUTO_CLOSED_FROM_WAITING',
  'FORCE_CLOSED_BY_SUPERVISOR',
] as const satisfies readonly StatusReason[];

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
    ...(view.channel && { channels: [view.channel] }),
    ...(view.reason && { statusReasons: [view.reason] }),
    ...((view.from || view.to) && { closed: between(view.from, view.to) }),
    ...(view.customer && { customerId: view.customer.id }),
  };
}

const WORDS = ['text', 'tag', 'queueId', 'agentId', 'disposition', 'rating', 'sentiment', 'channel', 'reason', 'from', 'to'] as const;

export function writePast(view: PastView): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of WORDS) if (view[name]) asked.set(name, view[name]);
  if (view.customer) {
    asked.set('customer', view.customer.id);
    asked.set('name', view.customer.name);
  }
  return asked;
}

export function readPast(asked: URLSearchParams): PastView {
  const [rating, sentiment, id] = [asked.get('rating'), asked.get('sentiment'), asked.get('customer')];
  return {
    text: asked.get('text') ?? '',
    tag: asked.get('tag') ?? '',
    queueId: asked.get('queueId'),
    agentId: asked.get('agentId'),
    disposition: asked.get('disposition'),
    rating: rating && rating in ratings ? (rating as RatingGroup) : null,
    sentiment: sentiment && sentiment in levels ? (sentiment as SentimentGroup) : null,
    channel: fitting(asked.get('channel'), Object.keys(en.channel) as Channel[]),
    reason: fitting(asked.get('reason'), closedBy),
    from: dayOf(asked.get('from')),
    to: dayOf(asked.get('to')),
    customer: id ? { id, name: asked.get('name') ?? '' } : null,
  };
}

const fitting = <T extends string>(text: string | null, among: readonly T[]): T | null => among.find((one) => one === text) ?? null;
