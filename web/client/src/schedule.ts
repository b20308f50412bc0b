// When changes are shown: at once, together before the program waits again, or together once an animation frame.

/** `frame` (the default in a page), `microtask` (elsewhere), `sync`, or a function that calls `deliver` when it is time. */
export type Schedule = 'frame' | 'microtask' | 'sync' | ((deliver: () => void) => void);

/** A page that is hidden has no frames; counts in its title should still follow. */
const HIDDEN_MS = 1_000;

/** A function that asks for one delivery: any number of calls before it is one. */
export function scheduler(schedule: Schedule = typeof requestAnimationFrame === 'function' ? 'frame' : 'microtask') {
  const when = typeof schedule === 'function' ? schedule : schedules[schedule];
  return (deliver: () => void) => {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      when(() => {
        if (!asked) return;
        asked = false;
        deliver();
      });
    };
  };
}

const schedules = {
  sync: (deliver: () => void) => deliver(),
  microtask: (deliver: () => void) => queueMicrotask(deliver),
  frame(deliver: () => void) {
    const frame = requestAnimationFrame(() => {
      clearTimeout(late);
      deliver();
    });
    const late = setTimeout(() => {
      cancelAnimationFrame(frame);
      deliver();
    }, HIDDEN_MS);
  },
};
