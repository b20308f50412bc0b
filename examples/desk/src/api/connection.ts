// What the person should know of the live connection.

export type ConnectionState = 'connecting' | 'live' | 'lost';

/** Made to be read with React's `useSyncExternalStore`. */
export class Connection {
  private state: ConnectionState = 'connecting';
  private listeners = new Set<() => void>();

  get = () => this.state;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  set(state: ConnectionState) {
    // While it tries again it is lost: the word should not flicker with each attempt.
    if (this.state === 'lost' && state === 'connecting') return;
    if (this.state === state) return;
    this.state = state;
    for (const listener of [...this.listeners]) listener();
  }
}
