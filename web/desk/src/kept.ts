// What the browser keeps for one person: in the tab (sessionStorage), or for always (localStorage).

const keyOf = (name: string, subject: string) => `regie-desk:${name}:${subject}`;

/** What was kept under this name, or `otherwise`. */
export function kept<T>(storage: Storage, name: string, subject: string, otherwise: T): T {
  try {
    return (JSON.parse(storage.getItem(keyOf(name, subject)) ?? 'null') as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Null: it is kept no longer. */
export function keep(storage: Storage, name: string, subject: string, value: unknown) {
  if (value === null) storage.removeItem(keyOf(name, subject));
  else storage.setItem(keyOf(name, subject), JSON.stringify(value));
}
