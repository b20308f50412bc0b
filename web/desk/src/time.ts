// Regie gives instants, never durations: what a person reads as "4:12" is counted here.

import { clock as present } from './frame';
import { useReadable } from './store';
import { type Lang, localeOf } from './text';

/** The present, again every second. */
export const useNow = (): number => useReadable(present);

/** `0:07`, `12:30`, `1:02:03`, `3 d`. Never negative, should this clock be behind the server's. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [s, m, h] = [seconds % 60, Math.floor(seconds / 60) % 60, Math.floor(seconds / 3600)];
  if (h >= 72) return `${Math.floor(h / 24)} d`;
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** How long ago an instant is. */
export const since = (instant: string, now: number) => duration(now - Date.parse(instant));

/** How long until an instant. */
export const until = (instant: string, now: number) => duration(Date.parse(instant) - now);

/** The time of day, with the date if that is another than today's; in a zone, or else in that of here. */
export function clock(instant: string, lang: Lang, now = Date.now(), timeZone?: string): string {
  const at = new Date(instant);
  const dateOf = (date: Date) => date.toLocaleDateString('en-CA', { timeZone });
  const today = dateOf(at) === dateOf(new Date(now));
  const day = today ? {} : ({ day: 'numeric', month: 'short' } as const);
  return at.toLocaleString(localeOf(lang), { ...day, hour: '2-digit', minute: '2-digit', timeZone });
}

/** A day, as 2026-12-03, as it is said. */
export const dayInWords = (day: string, lang: Lang) =>
  new Date(`${day}T12:00:00Z`).toLocaleDateString(localeOf(lang), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
