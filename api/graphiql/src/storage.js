// What the page remembers lives in the tab and ends with it: supervisors share desks, and
// queries, variables and history can name customers.

const PREFIX = 'graphiql:';
const ours = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

/** GraphiQL's storage. "Clear storage" leaves the token alone. */
export const tabStorage = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
  clear: () => ours().forEach((key) => sessionStorage.removeItem(key)),
  get length() {
    return ours().length;
  },
};
