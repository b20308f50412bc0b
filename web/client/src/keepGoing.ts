// Keeping something going that can break: after each break it begins again, after a pause that grows, and whoever follows is
// told what stands in the way. What no repeating can mend (a right, a setting, the input) is told and left at that.

import { canPass, type Fault } from './fault.js';
import { pauseMs } from './pause.js';

export interface Link {
  /** It runs. When it still does after a while, what stood in the way is forgotten. */
  up: () => void;
  /** It has ended, or could not begin. */
  broke: (fault: Fault) => void;
}

/** Begins, and returns how to end. */
export type Begin = (link: Link) => () => void;

export interface Trouble {
  readonly fault: Fault;
  /** It will not be tried again unasked. */
  readonly lasting: boolean;
}

const BACKOFF = { shortestMs: 500, longestMs: 30_000 };
/** What has run for so long is taken to run well. */
const STEADY_MS = 3_000;

/** Tells `null` when nothing stands in the way any more. */
export function keepGoing(begin: Begin, tell: (trouble: Trouble | null) => void): () => void {
  let breaks = 0;
  let waking: ReturnType<typeof setTimeout> | undefined;
  let end = () => {};

  const start = () => {
    let isOn = true;
    let steady: ReturnType<typeof setTimeout> | undefined;
    let stop: (() => void) | undefined;
    end = () => {
      if (!isOn) return;
      isOn = false;
      clearTimeout(steady);
      stop?.();
    };
    stop = begin({
      up() {
        if (!isOn) return;
        steady ??= setTimeout(() => {
          breaks = 0;
          tell(null);
        }, STEADY_MS);
      },
      broke(fault) {
        if (!isOn) return;
        end();
        breaks += 1;
        const lasting = !canPass(fault);
        // A cursor that is too old is mended by beginning again, which nobody need know of.
        if (breaks > 1 || fault.code !== 'CURSOR_EXPIRED') tell({ fault, lasting });
        if (!lasting) waking = setTimeout(start, Math.max(pauseMs(breaks - 1, BACKOFF), fault.retryAfterMs));
      },
    });
    // It may have broken before it said how to end it.
    if (!isOn) stop();
  };

  start();
  return () => {
    clearTimeout(waking);
    end();
  };
}
