// Keeping something going that can break: after each break it begins again, after a pause that
// grows, and the person is told what stands in the way. What no repeating can mend (a right, a
// setting, the input) is told and left at that.

import type { CombinedError } from 'urql';
import { canPass, codeOf, retryAfterMs } from '../api/refusal';

export interface Link {
  /** It runs. When it still does after a while, what stood in the way is forgotten. */
  up: () => void;
  /** It has ended, or could not begin. */
  broke: (error: CombinedError) => void;
}

/** Begins, and returns how to end. */
export type Begin = (link: Link) => () => void;

export interface Trouble {
  error: CombinedError;
  /** It will not be tried again unasked. */
  lasting: boolean;
}

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
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
      broke(error) {
        if (!isOn) return;
        end();
        breaks += 1;
        const lasting = !canPass(error);
        // A cursor that is too old is mended by beginning again, which nobody need know of.
        if (breaks > 1 || codeOf(error) !== 'CURSOR_EXPIRED') tell({ error, lasting });
        if (!lasting) waking = setTimeout(start, pauseAfter(breaks, error));
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

function pauseAfter(breaks: number, error: CombinedError): number {
  const pause = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** (breaks - 1));
  // Half of it by chance, so that not every desk comes back in the same moment.
  return Math.max(pause / 2 + (Math.random() * pause) / 2, retryAfterMs(error));
}
