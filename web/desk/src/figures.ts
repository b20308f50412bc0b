// Figures in words: what there are no cases of is "no figures", never 0.

import type { FigureName } from './live/todayView';
import { type Lang, localeOf } from './text';
import type { Dictionary } from './text/en';
import { duration } from './time';

const numbers = (lang: Lang, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(localeOf(lang), options);

const kinds: Record<FigureName, (value: number, lang: Lang) => string> = {
  waiting: (value, lang) => numbers(lang, {}).format(value),
  serviceLevel: share,
  abandoned: share,
  speed: seconds,
  handle: seconds,
  sentiment: (value, lang) => numbers(lang, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' }).format(value),
};

function share(value: number, lang: Lang) {
  return numbers(lang, { style: 'percent', maximumFractionDigits: 1 }).format(value);
}

function seconds(value: number) {
  return duration(Math.round(value) * 1000);
}

export const inWords = (name: FigureName, value: number | null | undefined, { lang, t }: { lang: Lang; t: Dictionary }) =>
  value == null ? t.today.none : kinds[name](value, lang);

/** What a figure is called; of a day that is over nobody waits now. */
export const nameOf = (name: FigureName, isOver: boolean, t: Dictionary) => (isOver && name === 'waiting' ? t.today.waitingThen : t.today.figures[name]);

/** How a chart of it goes up. */
export interface Scale {
  least: number;
  /** Null: as far as the day went, or a little way. */
  most: number | null;
  little: number;
  /** By what its marks may be apart; null: by anything. */
  marks: readonly number[] | null;
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

export const scales: Record<FigureName, Scale> = {
  waiting: { least: 0, most: null, little: 4, marks: WHOLE },
  serviceLevel: { least: 0, most: 1, little: 1, marks: null },
  abandoned: { least: 0, most: null, little: 0.1, marks: null },
  speed: { least: 0, most: null, little: 10, marks: TIMES },
  handle: { least: 0, most: null, little: 10, marks: TIMES },
  sentiment: { least: -1, most: 1, little: 1, marks: null },
};
