// A server in the test's own process, as far as a client can tell: `graphql-transport-ws` with a live list over a log, whose
// messages take time and are lost with their connection. What the query shows is known at every cursor.

export interface Row {
  id: string;
  version: number;
  /** What the list is ordered by. */
  rank: number;
}

interface View {
  rows: Row[];
  totalCount: number;
}

interface Running {
  socket: SimulatedSocket;
  id: string;
  first: number;
  position: number;
}

type Message = { type: string; id?: string; payload?: { token?: string; variables?: { first: number; after?: string } } };

/** So long a message is under way. */
const UNDER_WAY_MS = 5;
/** So many events are kept for those who come back. */
const KEPT = 12;

export class SimulatedServer {
  readonly sockets = new Set<SimulatedSocket>();
  private readonly running = new Set<Running>();
  private readonly boards: Row[][] = [[]];
  private epoch = 1;
  private oldest = 0;
  isUp = true;
  /** Tokens below this number are refused. */
  leastToken = 1;
  /** Tokens that came in a ping and were accepted. */
  pinged: string[] = [];
  opened = 0;

  /** The constructor to give as `webSocketImpl`. */
  readonly Socket = socketOf(this);

  /** What the query shows there. */
  at(cursor: string, first: number): View {
    const [, position] = cursor.split(':').map(Number);
    return view(this.boards[position as number] as Row[], first);
  }

  now(first: number): View {
    return view(this.boards.at(-1) as Row[], first);
  }

  /** One event: the board becomes what `change` makes of it. */
  change(change: (rows: Row[]) => Row[]) {
    this.boards.push(change(this.boards.at(-1) as Row[]));
    this.oldest = Math.max(this.oldest, this.boards.length - KEPT);
    for (const one of [...this.running]) this.goOn(one);
  }

  /** Ends every connection; what is under way is lost. */
  cut(code: number) {
    for (const socket of [...this.sockets]) socket.ended(code);
  }

  /** A restart forgets what it kept for those who come back; another database has other cursors. */
  restart(other: boolean) {
    this.cut(1006);
    this.oldest = this.boards.length - 1;
    if (other) this.epoch += 1;
  }

  /** Ends the operations with an error. */
  refuse(code: string) {
    for (const one of [...this.running]) {
      one.socket.deliver({ type: 'error', id: one.id, payload: [{ message: code, extensions: { code } }] });
      this.running.delete(one);
    }
  }

  receive(socket: SimulatedSocket, { type, id, payload }: Message) {
    if (type === 'connection_init') {
      if (!this.takes(payload?.token)) return socket.ended(4403);
      socket.deliver({ type: 'connection_ack' });
    } else if (type === 'ping') {
      const { token } = payload ?? {};
      if (token === undefined) return socket.deliver({ type: 'pong' });
      const accepted = this.takes(token);
      if (accepted) this.pinged.push(token);
      socket.deliver({ type: 'pong', payload: accepted ? { accepted } : { accepted, code: 'UNAUTHENTICATED' } });
    } else if (type === 'subscribe') {
      this.begin(socket, id as string, payload?.variables as { first: number; after?: string });
    } else if (type === 'complete') {
      for (const one of this.running) if (one.socket === socket && one.id === id) this.running.delete(one);
    }
  }

  gone(socket: SimulatedSocket) {
    this.sockets.delete(socket);
    for (const one of this.running) if (one.socket === socket) this.running.delete(one);
  }

  private takes(token = '') {
    return Number.parseFloat(token.replace('token-', '')) >= this.leastToken;
  }

  private begin(socket: SimulatedSocket, id: string, { first, after }: { first: number; after?: string }) {
    const [epoch, position] = (after ?? '0:0').split(':').map(Number) as [number, number];
    const last = this.boards.length - 1;
    const known = epoch === this.epoch && position >= this.oldest;
    const one = { socket, id, first, position: known ? position : last };
    this.running.add(one);
    if (!known) {
      const { rows, totalCount } = this.now(first);
      this.tell(one, { __typename: 'OngoingSnapshot', cursor: this.cursor(last), totalCount, conversations: rows });
    }
    this.goOn(one);
  }

  private goOn(one: Running) {
    for (; one.position < this.boards.length - 1; one.position += 1) {
      const before = view(this.boards[one.position] as Row[], one.first);
      const after = view(this.boards[one.position + 1] as Row[], one.first);
      const changes = stepsBetween(before.rows, after.rows);
      // What changes nothing that is shown is not told.
      if (changes.length === 0 && before.totalCount === after.totalCount) continue;
      const cursor = this.cursor(one.position + 1);
      this.tell(one, { __typename: 'OngoingChanges', cursor, totalCount: after.totalCount, changes });
    }
  }

  private tell({ socket, id }: Running, update: object) {
    socket.deliver({ type: 'next', id, payload: { data: { ongoingConversationsLive: update } } });
  }

  private cursor = (position: number) => `${this.epoch}:${position}`;
}

const view = (board: Row[], first: number): View => ({
  rows: board.toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)).slice(0, first),
  totalCount: board.length,
});

/** What leaves before what enters, as the server has it. */
function stepsBetween(before: Row[], after: Row[]): object[] {
  const steps: object[] = [];
  const list = before.filter((row) => {
    if (after.some(({ id }) => id === row.id)) return true;
    steps.push({ __typename: 'OngoingLeft', conversationId: row.id });
    return false;
  });
  after.forEach((conversation, index) => {
    const at = list.findIndex(({ id }) => id === conversation.id);
    if (at === index && list[at] === conversation) return;
    const kind = at < 0 ? 'OngoingEntered' : at === index ? 'OngoingUpdated' : 'OngoingMoved';
    if (at >= 0) list.splice(at, 1);
    list.splice(index, 0, conversation);
    steps.push({ __typename: kind, index, conversation });
  });
  return steps;
}

export class SimulatedSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor(private readonly server: SimulatedServer) {
    setTimeout(() => {
      if (!server.isUp) return this.ended(1006);
      this.readyState = 1;
      server.opened += 1;
      server.sockets.add(this);
      this.onopen?.();
    }, UNDER_WAY_MS);
  }

  send(text: string) {
    setTimeout(() => {
      if (this.readyState === 1) this.server.receive(this, JSON.parse(text) as Message);
    }, UNDER_WAY_MS);
  }

  deliver(message: object) {
    const data = JSON.stringify(message);
    setTimeout(() => {
      if (this.readyState === 1) this.onmessage?.({ data });
    }, UNDER_WAY_MS);
  }

  close(code = 1000) {
    this.ended(code);
  }

  ended(code: number) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.server.gone(this);
    this.onclose?.({ code, reason: '', wasClean: code !== 1006 });
  }
}

function socketOf(server: SimulatedServer) {
  return class extends SimulatedSocket {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;
    constructor() {
      super(server);
    }
  };
}
