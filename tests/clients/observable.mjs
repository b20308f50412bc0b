/** An async iterator over what an observable emits, each mapped; nothing is dropped between two `next()`. */
export function eachValueFrom(observable, map) {
  const ready = [];
  const asked = [];
  const give = (result) => (asked.length > 0 ? asked.shift().resolve(result) : ready.push(result));
  const subscription = observable.subscribe({
    next: (value) => give({ value: map(value), done: false }),
    error: (error) => give({ value: { errors: error }, done: false }),
    complete: () => give({ value: undefined, done: true }),
  });
  return {
    next: () =>
      ready.length > 0 ? Promise.resolve(ready.shift()) : new Promise((resolve) => asked.push({ resolve })),
    return: async () => subscription.unsubscribe(),
  };
}
