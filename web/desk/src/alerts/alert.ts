// What an alert is, and who wants to be told of which: pure.

import type { AttentionReason } from '../gql/graphql';

export interface Alert {
  /** Of which event, and which of its reasons. */
  id: string;
  reason: AttentionReason;
  /** In milliseconds since 1970. */
  at: number;
  /** How often this conversation asked for this reason; missing: once. */
  times?: number;
  conversationId: string;
  customer: string | null;
  subject: string | null;
  agent: { id: string; name: string } | null;
}

export interface Wishes {
  /** Kinds that nobody here wants to hear of. */
  without: readonly AttentionReason[];
  /** Until when nothing is told; 0 where that is not asked for. */
  quietUntil: number;
  /** Agents whose conversations nobody here wants to hear of, until when. */
  agents: Readonly<Record<string, { name: string; until: number }>>;
  sound: boolean;
  desktop: boolean;
}

export const everything: Wishes = { without: [], quietUntil: 0, agents: {}, sound: false, desktop: false };

export const HOUR_MS = 3_600_000;
/** What comes later, as after a night offline, is listed, and nobody is disturbed. */
export const FRESH_MS = 60_000;
/** So many are kept. */
export const MOST = 200;

/** Whether it is listed at all. */
export const isWanted = ({ reason, agent }: Alert, wishes: Wishes, now: number): boolean =>
  !wishes.without.includes(reason) && (!agent || (wishes.agents[agent.id]?.until ?? 0) <= now);

/** Whether somebody is disturbed by it; not for what they have before them (`open`). */
export const isTold = (alert: Alert, wishes: Wishes, now: number, open: readonly string[]): boolean =>
  isWanted(alert, wishes, now) && wishes.quietUntil <= now && now - alert.at < FRESH_MS && !open.includes(alert.conversationId);

export interface Alerts {
  /** The newest first. */
  readonly all: readonly Alert[];
  /** How many nobody has looked at. */
  readonly unseen: number;
}

export const none: Alerts = { all: [], unseen: 0 };

/** Whether one says the other again. */
export const isSame = (one: Alert, other: Alert) => one.conversationId === other.conversationId && one.reason === other.reason;

/**
 * With one more, which takes the place of what was told of the same conversation for the same reason; what came before, as when
 * a connection goes on where it was, changes nothing.
 */
export function withAlert(alerts: Alerts, alert: Alert): Alerts {
  if (alerts.all.some(({ id }) => id === alert.id)) return alerts;
  const before = alerts.all.find((one) => isSame(one, alert));
  const joined = before ? { ...alert, times: (before.times ?? 1) + 1 } : alert;
  const all = [joined, ...alerts.all.filter((one) => one !== before)].slice(0, MOST);
  return { all, unseen: Math.min(all.length, alerts.unseen + 1) };
}
