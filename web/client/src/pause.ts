// How long to wait before the next attempt, and waiting that can be cut short.

export interface Backoff {
  shortestMs: number;
  longestMs: number;
}

/** The pause before attempt `attempt` (0 for the first): doubled each time, half of it by chance, so that not every client comes back in the same moment. */
export function pauseMs(attempt: number, { shortestMs, longestMs }: Backoff): number {
  const pause = Math.min(longestMs, shortestMs * 2 ** Math.min(attempt, 20));
  return pause / 2 + (Math.random() * pause) / 2;
}

/** Waits; ends early when one of the signals is aborted. Answers whether none was. */
export function wait(ms: number, ...signals: (AbortSignal | undefined)[]): Promise<boolean> {
  return new Promise((resolve) => {
    const given = signals.filter((signal) => signal !== undefined);
    const done = (whole: boolean) => {
      clearTimeout(timer);
      for (const signal of given) signal.removeEventListener('abort', cut);
      resolve(whole);
    };
    const cut = () => done(false);
    const timer = setTimeout(() => done(true), Math.min(ms, LONGEST_TIMER_MS));
    if (given.some((signal) => signal.aborted)) return cut();
    for (const signal of given) signal.addEventListener('abort', cut);
  });
}

/** What `promise` answers, or undefined when one of the signals is aborted before. */
export function unlessAborted<T>(promise: Promise<T>, ...signals: (AbortSignal | undefined)[]): Promise<T | undefined> {
  const over = new AbortController();
  const cut = wait(Infinity, over.signal, ...signals).then(() => undefined);
  return Promise.race([promise, cut]).finally(() => over.abort());
}

/** Timers count in 32 bits; what is later is looked at again. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** For whoever waits for something that will not come any more. */
export const never = () => new Promise<never>(() => {});
