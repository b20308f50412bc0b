// Stands between a page and its server, and ends subscriptions or the connection as a server in
// trouble would.

export function breaker() {
  /** The sockets that are open, each with the operations that run on it: id, name. */
  const sockets = new Map();
  const named = (name) => [...sockets].flatMap(([ends, operations]) =>
    [...operations].filter(([, one]) => !name || one === name).map(([id]) => ({ ...ends, operations, id })));
  return {
    /** To be called before the page is opened. */
    stand: (page) =>
      page.routeWebSocket(/\/graphql$/, (desk) => {
        const regie = desk.connectToServer();
        const operations = new Map();
        const ends = { desk, regie };
        sockets.set(ends, operations);
        desk.onMessage((text) => {
          const { type, id, payload } = JSON.parse(text);
          if (type === 'subscribe') operations.set(id, payload.operationName);
          if (type === 'complete') operations.delete(id);
          regie.send(text);
        });
        desk.onClose((code, reason) => {
          sockets.delete(ends);
          regie.close({ code, reason });
        });
        regie.onMessage((text) => {
          const { id } = JSON.parse(text);
          if (!id || operations.has(id)) desk.send(text);
        });
      }),
    running: (name) => named(name).length,
    /** Ends what runs, or what of it has this name, with an error. Says how much that was. */
    end(code, name) {
      const these = named(name);
      for (const { desk, regie, operations, id } of these) {
        operations.delete(id);
        regie.send(JSON.stringify({ id, type: 'complete' }));
        desk.send(JSON.stringify({ id, type: 'error', payload: [{ message: 'made up', extensions: { code } }] }));
      }
      return these.length;
    },
    /** Closes the connections with this code. */
    async close(code) {
      for (const ends of [...sockets.keys()]) {
        sockets.delete(ends);
        await ends.regie.close();
        await ends.desk.close({ code, reason: 'made up' });
      }
    },
  };
}
