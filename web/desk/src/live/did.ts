// To whom something was done, as far as the audit trail says it by id: pure.

import type { AuditRowFragment } from '../gql/graphql';

/** The ids of agents and queues that a row names: whom it was done to, and at a membership the queue. */
export const idsOf = ({ target }: Pick<AuditRowFragment, 'target'>): string[] =>
  (target ?? '').split(' ').filter((id) => /^(agent|queue)_/.test(id));

/** The names of those; where it was moved to stands in what came of it, also when nothing was chosen. */
export function whomOf(row: Pick<AuditRowFragment, 'target' | 'action' | 'after'>, names: ReadonlyMap<string, string>): string | null {
  const named = idsOf(row).flatMap((id) => names.get(id) ?? []);
  if (named.length > 0) return named.join(' · ');
  return row.action === 'REQUEUE_CONVERSATION' ? (row.after?.queue?.name ?? null) : null;
}
