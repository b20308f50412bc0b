// What a person can ask of what they did, and how that is asked of the server.

import type { AuditAction, AuditFilter } from '../gql/graphql';
import { between, dayOf } from './days';

export interface AuditView {
  action: AuditAction | null;
  /** Only what was refused. */
  refused: boolean;
  from: string | null;
  to: string | null;
}

export const everythingDone: AuditView = { action: null, refused: false, from: null, to: null };

/** What supervisors do; the rest of the trail is the work of others, or was refused for being that. */
export const ownActions = [
  'MONITOR_CONVERSATION',
  'STOP_MONITORING',
  'REVIEW_CONVERSATION',
  'STOP_REVIEW',
  'COACH_AGENT',
  'JOIN_CONVERSATION',
  'LEAVE_CONVERSATION',
  'SEND_MESSAGE',
  'REACT_TO_MESSAGE',
  'ASSIGN_CONVERSATION',
  'CANCEL_OFFER',
  'TRANSFER_CONVERSATION',
  'CANCEL_TRANSFER',
  'REQUEUE_CONVERSATION',
  'TAKE_OVER_CONVERSATION',
  'FORCE_CLOSE_CONVERSATION',
  'BULK_ACTION',
  'UPDATE_CONVERSATION',
  'CORRECT_SENTIMENT',
  'ACKNOWLEDGE_ATTENTION',
  'ANSWER_HELP',
  'SET_PRESENCE',
  'DRAIN_AGENT',
  'NOTIFY_AGENTS',
  'ADD_QUEUE_MEMBER',
  'REMOVE_QUEUE_MEMBER',
] as const satisfies readonly AuditAction[];
export type OwnAction = (typeof ownActions)[number];

export const isOwn = (action: AuditAction): action is OwnAction => (ownActions as readonly AuditAction[]).includes(action);

export const isNarrowedAudit = ({ action, refused, from, to }: AuditView) => Boolean(action || refused || from || to);

/** `me` is the subject of whoever asks: administrators could see what everybody did. */
export const auditFilterOf = ({ action, refused, from, to }: AuditView, me: string): AuditFilter => ({
  subject: me,
  ...(action && { actions: [action] }),
  ...(refused && { refusedOnly: true }),
  ...((from || to) && between(from, to)),
});

export function writeAudit({ action, refused, from, to }: AuditView): URLSearchParams {
  const asked = new URLSearchParams();
  if (action) asked.set('action', action);
  if (refused) asked.set('refused', 'true');
  if (from) asked.set('from', from);
  if (to) asked.set('to', to);
  return asked;
}

export const readAudit = (asked: URLSearchParams): AuditView => ({
  action: ownActions.find((one) => one === asked.get('action')) ?? null,
  refused: asked.get('refused') === 'true',
  from: dayOf(asked.get('from')),
  to: dayOf(asked.get('to')),
});
