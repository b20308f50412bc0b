// Days of the person's own calendar, as an address and a date field write them: 2026-12-03.

import type { InstantRange } from '../gql/graphql';

/** When a day begins here, or the one so many days after it; null: it is none. */
export function midnight(day: string | null, after: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '')?.map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return null;
  return new Date(year, month - 1, date + after).toISOString();
}

export const dayOf = (text: string | null) => (text && midnight(text, 0) ? text : null);

/** Whether the end is before the beginning: then there is nothing to ask. */
export const isBackwards = ({ from, to }: { from: string | null; to: string | null }) => from !== null && to !== null && to < from;

/** From the begin of one day to the end of another; either may be missing. */
export const between = (from: string | null, to: string | null): InstantRange => ({ from: midnight(from, 0), to: midnight(to, 1) });
