// Once an animation frame: whatever came since the last one is shown together, in one render.

import type { Readable } from 'regie-client';
import { Store } from './store';

/** A page that is hidden has no frames; its title still follows. */
const HIDDEN_MS = 1_000;

const waiting: (() => void)[] = [];
let late: ReturnType<typeof setTimeout> | undefined;

function deliver() {
  clearTimeout(late);
  late = undefined;
  // React renders what changes in one go when this has ended.
  for (const each of waiting.splice(0)) each();
}

/** Calls `next` in the next frame, with everything else that is to be shown then. A `schedule` of the client package. */
export function inFrame(next: () => void) {
  waiting.push(next);
  if (late !== undefined) return;
  const frame = requestAnimationFrame(deliver);
  late = setTimeout(() => {
    cancelAnimationFrame(frame);
    deliver();
  }, HIDDEN_MS);
}

const now = new Store(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;
let readers = 0;

/** The present, again every second, in a frame with everything else, while somebody reads it. */
export const clock: Readable<number> = {
  get: now.get,
  subscribe(listener) {
    const forget = now.subscribe(listener);
    readers += 1;
    timer ??= setInterval(() => inFrame(() => now.set(Date.now())), 1000);
    return () => {
      forget();
      readers -= 1;
      if (readers > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  },
};
