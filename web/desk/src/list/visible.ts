// Which rows of a list are in sight, with some around them.

/** So many rows beside those in sight are mounted on each side. */
export const AROUND = 8;

export interface Range {
  /** The first row. */
  readonly from: number;
  /** The row behind the last one. */
  readonly to: number;
}

export interface Sight {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** The rows in sight, partly seen ones too. */
export function inSight({ scrollTop, height, rowHeight }: Sight, total: number): Range {
  const from = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight)), Math.max(0, total - 1));
  return { from, to: Math.min(total, Math.max(from, Math.ceil((scrollTop + height) / rowHeight))) };
}

export const around = ({ from, to }: Range, total: number, more = AROUND): Range => ({
  from: Math.max(0, from - more),
  to: Math.min(total, to + more),
});

export const same = (one: Range, other: Range) => one.from === other.from && one.to === other.to;
