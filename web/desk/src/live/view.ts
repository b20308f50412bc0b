// What a person can ask of the list, how that is asked of the server, and how the address says it.

import type {
  AttentionReason,
  Channel,
  OngoingFilter,
  OngoingOrder,
  Priority,
  SentimentLevel,
  State,
} from '../gql/graphql';
import { type Dictionary, en } from '../text/en';

export type OrderName = keyof Dictionary['list']['orders'];
export type OngoingState = Exclude<State, 'CLOSED'>;

export interface View {
  text: string;
  queues: readonly string[];
  states: readonly OngoingState[];
  channels: readonly Channel[];
  agents: readonly string[];
  sentiments: readonly SentimentLevel[];
  attention: readonly AttentionReason[];
  priorities: readonly Priority[];
  tags: readonly string[];
  /** True: for whatever reason. False: for none. Null: either. */
  needsAttention: boolean | null;
  unassigned: boolean | null;
  /** Only what I monitor now. */
  mine: boolean;
  order: OrderName;
}

/** The lists of a view, by their names in the address. */
export const LISTS = {
  queue: 'queues',
  state: 'states',
  channel: 'channels',
  agent: 'agents',
  sentiment: 'sentiments',
  reason: 'attention',
  priority: 'priorities',
  tag: 'tags',
} as const;
export type ListName = (typeof LISTS)[keyof typeof LISTS];

export const everything: View = {
  text: '',
  queues: [],
  states: [],
  channels: [],
  agents: [],
  sentiments: [],
  attention: [],
  priorities: [],
  tags: [],
  needsAttention: null,
  unassigned: null,
  mine: false,
  order: 'attention',
};

const orders: Record<OrderName, OngoingOrder> = {
  attention: { field: 'ATTENTION', direction: 'DESC' },
  waiting: { field: 'WAITING_TIME', direction: 'DESC' },
  sentiment: { field: 'SENTIMENT', direction: 'ASC' },
  priority: { field: 'PRIORITY', direction: 'DESC' },
  newest: { field: 'STARTED_AT', direction: 'DESC' },
  oldest: { field: 'STARTED_AT', direction: 'ASC' },
  latest: { field: 'LAST_ACTIVITY_AT', direction: 'DESC' },
  quietest: { field: 'LAST_ACTIVITY_AT', direction: 'ASC' },
};
export const orderNames = Object.keys(orders) as OrderName[];

/** How many conditions narrow it, the search apart. */
export const conditionsOf = (view: View) =>
  Object.values(LISTS).reduce((sum, list) => sum + view[list].length, 0) +
  [view.needsAttention !== null, view.unassigned !== null, view.mine].filter(Boolean).length;

export const isFiltered = (view: View) => conditionsOf(view) > 0 || view.text.trim() !== '';

export const orderOf = (view: View): OngoingOrder => orders[view.order];

/** `me` is the subject of whoever asks. */
export function filterOf(view: View, me: string): OngoingFilter {
  const some = <T,>(list: readonly T[]) => (list.length > 0 ? [...list] : undefined);
  return dense({
    text: view.text.trim() || undefined,
    queueIds: some(view.queues),
    states: some(view.states),
    channels: some(view.channels),
    agentIds: some(view.agents),
    sentiments: some(view.sentiments),
    attention: some(view.attention),
    priorities: some(view.priorities),
    tags: some(view.tags),
    needsAttention: view.needsAttention ?? undefined,
    unassigned: view.unassigned ?? undefined,
    monitoredBy: view.mine ? [me] : undefined,
  });
}

const dense = (filter: OngoingFilter): OngoingFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

export function writeView(view: View): URLSearchParams {
  const asked = new URLSearchParams();
  if (view.text.trim()) asked.set('text', view.text);
  for (const [name, list] of Object.entries(LISTS)) for (const one of view[list]) asked.append(name, one);
  if (view.needsAttention !== null) asked.set('attention', String(view.needsAttention));
  if (view.unassigned !== null) asked.set('unassigned', String(view.unassigned));
  if (view.mine) asked.set('mine', 'true');
  if (view.order !== everything.order) asked.set('order', view.order);
  return asked;
}

/** What can stand in each list. */
const fits: Record<ListName, (text: string) => boolean> = {
  queues: (text) => /^queue_\w+$/.test(text),
  agents: (text) => /^agent_\w+$/.test(text),
  states: (text) => text in en.state && text !== 'CLOSED',
  channels: (text) => text in en.channel,
  sentiments: (text) => text in en.sentiment,
  attention: (text) => text in en.attention,
  priorities: (text) => text in en.priority,
  tags: (text) => text.trim() !== '' && text.length <= 50,
};
/** So many tags can be asked for. */
export const MOST_TAGS = 20;

/** An address is written by anybody: what the server would refuse is left out. */
export function readView(asked: URLSearchParams): View {
  const lists = Object.entries(LISTS).map(([name, list]) => {
    const given = new Set(asked.getAll(name).filter(fits[list]));
    return [list, [...given].slice(0, list === 'tags' ? MOST_TAGS : 100)];
  });
  const either = (name: string) => ({ true: true, false: false })[asked.get(name) ?? ''] ?? null;
  const order = asked.get('order') as OrderName;
  return {
    ...everything,
    ...Object.fromEntries(lists),
    text: (asked.get('text') ?? '').slice(0, 200),
    needsAttention: either('attention'),
    unassigned: either('unassigned'),
    mine: asked.get('mine') === 'true',
    order: orderNames.includes(order) ? order : everything.order,
  };
}
