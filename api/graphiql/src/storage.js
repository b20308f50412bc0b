// What GraphiQL remembers lives in the tab and ends with it: supervisors share desks, and
// queries, variables and history can name customers. Each subject has their own.

const THEME = 'graphiql:theme';

/** GraphiQL's storage for this subject. "Clear storage" leaves the token alone. */
export function storageOf(subject) {
  const prefix = `regie:of:${subject}:`;
  const named = (key) => (key === THEME ? key : prefix + key);
  const ours = () => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => sessionStorage.getItem(named(key)),
    setItem: (key, value) => sessionStorage.setItem(named(key), value),
    removeItem: (key) => sessionStorage.removeItem(named(key)),
    clear: () => ours().forEach((key) => sessionStorage.removeItem(key)),
    get length() {
      return ours().length;
    },
  };
}
