// A value that can be watched, made to be read with React's `useSyncExternalStore` as it is.

export interface Readable<T> {
  /** The value now: the same object until it changes. */
  get: () => T;
  /** Calls `listener` after each change, until the function that it returns is called. */
  subscribe: (listener: () => void) => () => void;
}

/** A value of yours that can be watched as those of this package can. */
export class Store<T> implements Readable<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  set(value: T) {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of [...this.listeners]) listener();
  }
}
