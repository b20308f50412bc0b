// A long list of which what is in sight is mounted, with a few rows around it. Up and down go from row to row.

import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { inFrame } from '../frame';
import { rowHeightOf } from '../list/rowHeight';
import { around, inSight, type Range, same } from '../list/visible';

interface Props<R extends { id: string }> {
  label: string;
  rows: readonly R[];
  /** The number of the first of them. */
  from: number;
  total: number;
  /** Another list begins at its top. */
  list: string;
  onSight: (range: Range) => void;
  children: (row: R, inTurn: boolean) => ReactNode;
}

interface Sight {
  range: Range;
  rowHeight: number;
}

export function Rows<R extends { id: string }>({ label, rows, from, total, list, onSight, children }: Props<R>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ range: { from: 0, to: 30 }, rowHeight: rowHeightOf(900) });
  /** Which row the keyboard is at; it may be out of sight. */
  const [turn, setTurn] = useState(0);
  const [wish, setWish] = useState<number | null>(null);
  /** Where the keyboard is on its way to, also between two renders. */
  const going = useRef<number | null>(null);
  const newest = useRef({ total, onSight });
  newest.current = { total, onSight };

  useLayoutEffect(() => {
    const element = scroller.current!;
    let asked = false;
    const look = () => {
      asked = false;
      const { scrollTop, clientHeight, clientWidth } = element;
      const rowHeight = rowHeightOf(clientWidth);
      const range = inSight({ scrollTop, height: clientHeight, rowHeight }, newest.current.total);
      setSight((before) => (before.rowHeight === rowHeight && same(before.range, range) ? before : { range, rowHeight }));
      newest.current.onSight(range);
    };
    const later = () => {
      if (!asked) inFrame(look);
      asked = true;
    };
    look();
    const size = new ResizeObserver(later);
    size.observe(element);
    element.addEventListener('scroll', later, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', later);
    };
  }, [list]);

  // The list grew, shrank, or another one is there.
  useEffect(() => {
    const { scrollTop, clientHeight } = scroller.current!;
    newest.current.onSight(inSight({ scrollTop, height: clientHeight, rowHeight: sight.rowHeight }, total));
  }, [total, from, rows.length, sight.rowHeight]);
  const [shown, setShown] = useState(list);
  if (shown !== list) {
    setShown(list);
    setTurn(0);
  }
  useLayoutEffect(() => void scroller.current?.scrollTo({ top: 0 }), [list]);

  // Where the keyboard went, once that row is there.
  useEffect(() => {
    if (wish === null) return;
    const button = scroller.current?.querySelector<HTMLElement>(`[data-index="${wish}"] button.row`);
    if (!button) return;
    button.focus({ preventScroll: true });
    going.current = null;
    setWish(null);
  });

  const mounted = around(sight.range, total);
  const known = (index: number) => rows[index - from];
  // The row that has the keyboard stays, wherever one scrolls, so that the focus does; out of reach, the first in sight has it.
  const inTurn = known(turn) ? turn : sight.range.from;

  const walk = (event: KeyboardEvent) => {
    const element = scroller.current!;
    const page = Math.max(1, Math.floor(element.clientHeight / sight.rowHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total };
    const step = steps[event.key as keyof typeof steps];
    if (step === undefined || total === 0) return;
    event.preventDefault();
    const to = Math.min(Math.max(0, (going.current ?? inTurn) + step), total - 1);
    going.current = to;
    setTurn(to);
    setWish(to);
    // Until that row is there the list has the keyboard, so that nothing that is pressed meanwhile is lost.
    element.focus({ preventScroll: true });
    const [top, bottom] = [to * sight.rowHeight, (to + 1) * sight.rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  };

  const indexes = Array.from({ length: mounted.to - mounted.from }, (_, at) => mounted.from + at);
  if (known(inTurn) && !indexes.includes(inTurn)) indexes.push(inTurn);

  return (
    <div className="scroller" ref={scroller} tabIndex={-1} data-height={sight.rowHeight} onKeyDown={walk}>
      <ul className="rows" aria-label={label} style={{ height: total * sight.rowHeight }}>
        {indexes.map((index) => {
          const row = known(index);
          return (
            <li
              key={row?.id ?? `at ${index}`}
              data-index={index}
              data-known={row !== undefined}
              aria-setsize={total}
              aria-posinset={index + 1}
              style={{ top: index * sight.rowHeight, height: sight.rowHeight }}
              onFocus={() => setTurn(index)}
            >
              {row && children(row, index === inTurn)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
