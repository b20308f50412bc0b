// What a person can ask of the team, and how that is asked of the server.

import type { AgentsLiveFilter, AgentsLiveOrder, Presence } from '../gql/graphql';
import { type Dictionary, en } from '../text/en';

export type TeamOrder = keyof Dictionary['team']['orders'];

const orders: Record<TeamOrder, AgentsLiveOrder> = {
  name: { field: 'NAME', direction: 'ASC' },
  presence: { field: 'PRESENCE', direction: 'ASC' },
  load: { field: 'LOAD', direction: 'DESC' },
  longest: { field: 'LONGEST_HANDLE', direction: 'DESC' },
  handled: { field: 'HANDLED_TODAY', direction: 'DESC' },
};
export const teamOrders = Object.keys(orders) as TeamOrder[];

export interface TeamView {
  text: string;
  queueId: string | null;
  presence: Presence | null;
  /** Only who asks for help. */
  help: boolean;
  order: TeamOrder;
}

export const wholeTeam: TeamView = { text: '', queueId: null, presence: null, help: false, order: 'presence' };

export const isNarrowedTeam = ({ text, queueId, presence, help }: TeamView) => Boolean(text.trim() || queueId || presence || help);

export function teamFilterOf({ text, queueId, presence, help }: TeamView): AgentsLiveFilter {
  return {
    ...(text.trim() && { text: text.trim() }),
    ...(queueId && { queueIds: [queueId] }),
    ...(presence && { presences: [presence] }),
    ...(help && { asksForHelp: true }),
  };
}

export const teamOrderOf = ({ order }: TeamView): AgentsLiveOrder => orders[order];

export function writeTeam({ text, queueId, presence, help, order }: TeamView): URLSearchParams {
  const asked = new URLSearchParams();
  if (text.trim()) asked.set('text', text);
  if (queueId) asked.set('queue', queueId);
  if (presence) asked.set('presence', presence);
  if (help) asked.set('help', 'true');
  if (order !== wholeTeam.order) asked.set('order', order);
  return asked;
}

export function readTeam(asked: URLSearchParams): TeamView {
  const [queueId, presence] = [asked.get('queue'), asked.get('presence')];
  return {
    text: (asked.get('text') ?? '').slice(0, 200),
    queueId: queueId && /^queue_\w+$/.test(queueId) ? queueId : null,
    presence: presence && presence in en.presence ? (presence as Presence) : null,
    help: asked.get('help') === 'true',
    order: teamOrders.find((one) => one === asked.get('order')) ?? wholeTeam.order,
  };
}
