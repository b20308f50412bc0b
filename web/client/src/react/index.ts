// The binding for React: what is shown follows the connection, a list, a query or a command for as long as it is mounted.

import { createContext, createElement, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Connection } from '../connect.js';
import type { AnyVariables, Document } from '../document.js';
import type { Fault } from '../fault.js';
import { type Begin, keepGoing, type Trouble } from '../keepGoing.js';
import { type LiveListOptions, type LiveListState, liveList, type RowOf } from '../liveList.js';
import { type LiveQueryOptions, type LiveQueryState, liveQuery } from '../liveQuery.js';
import { type InputOf, type MutateOptions, mutate, type Outcome } from '../mutate.js';
import { query } from '../query.js';
import type { ConnectionState } from '../state.js';
import type { Readable } from '../store.js';

const Context = createContext<Connection | null>(null);

/** Gives a connection to everything within. */
export const ConnectionProvider = ({ connection, children }: { connection: Connection; children?: ReactNode }) =>
  createElement(Context.Provider, { value: connection }, children);

/** The connection of the nearest ConnectionProvider. */
export function useClient(): Connection {
  const connection = useContext(Context);
  if (!connection) throw new Error('no ConnectionProvider around this component');
  return connection;
}

/** The state of the connection, as it changes. */
export function useConnection(): ConnectionState {
  const { state } = useClient();
  return useSyncExternalStore(state.subscribe, state.get, state.get);
}

interface Live<T> extends Readable<T> {
  again: () => void;
  close: () => void;
}

/** Opens after mounting, so that nothing is open that was never shown; what was shown before stays until the next is there. */
function useLive<T>(open: () => Live<T>, nothing: T): T & { again: () => void } {
  const [live, setLive] = useState<Live<T> | null>(null);
  useEffect(() => {
    const opened = open();
    setLive(opened);
    return () => opened.close();
  }, [open]);
  const get = useCallback(() => live?.get() ?? nothing, [live, nothing]);
  const subscribe = useCallback((listener: () => void) => live?.subscribe(listener) ?? (() => {}), [live]);
  const state = useSyncExternalStore(subscribe, get, get);
  const again = useCallback(() => live?.again(), [live]);
  return { ...state, again };
}

const NO_LIST = { list: null, trouble: null };
const NO_DATA = { data: null, trouble: null };

/** A list for as long as it is shown; other variables make another one, and the rows of before stay until it is there. */
export function useLiveList<Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
  options: LiveListOptions = {},
): LiveListState<RowOf<Data>> & { again: () => void } {
  const connection = useClient();
  const { schedule } = options;
  const key = JSON.stringify(variables);
  const open = useCallback(
    () => liveList(connection, document, JSON.parse(key) as Variables, { schedule }),
    [connection, document, key, schedule],
  );
  const state = useLive<LiveListState<RowOf<Data>>>(open, NO_LIST);
  const [kept, keep] = useState(state.list);
  if (state.list !== null && state.list !== kept) keep(state.list);
  return { ...state, list: state.list ?? kept };
}

/** A query that is read again when something happened, for as long as it is shown. The options are those of its first call with these variables. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
  options: LiveQueryOptions<Data>,
): LiveQueryState<Data> & { again: () => void } {
  const connection = useClient();
  const newest = useRef(options);
  newest.current = options;
  const key = JSON.stringify(variables);
  const open = useCallback(
    () => liveQuery(connection, document, JSON.parse(key) as Variables, newest.current),
    [connection, document, key],
  );
  return useLive<LiveQueryState<Data>>(open, NO_DATA);
}

export interface Read<Data> {
  readonly data: Data | null;
  readonly fault: Fault | null;
  /** Whether the answer to these variables is awaited. */
  readonly busy: boolean;
  readonly again: () => void;
}

/** A query that is read once; what was read with other variables stays until the next answer is there. Null variables ask nothing. */
export function useQuery<Data, Variables extends AnyVariables>(document: Document<Data, Variables>, variables: Variables | null): Read<Data> {
  const connection = useClient();
  const [read, setRead] = useState<{ data: Data | null; fault: Fault | null; of: string }>({ data: null, fault: null, of: '' });
  const [asked, ask] = useState(0);
  const key = JSON.stringify(variables);
  const of = `${asked} ${key}`;
  useEffect(() => {
    const over = new AbortController();
    const given = JSON.parse(key) as Variables | null;
    if (given === null) return;
    void query(connection, document, given, { signal: over.signal }).then(({ data, fault }) => {
      if (!over.signal.aborted) setRead((before) => ({ data: data ?? before.data, fault, of }));
    });
    return () => over.abort();
  }, [connection, document, key, of]);
  const again = useCallback(() => ask((times) => times + 1), []);
  return { data: read.data, fault: read.fault, busy: variables !== null && read.of !== of, again };
}

/** Why the last command was not done, or not for certain. */
export type MutationTrouble<Refusal> =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed' | 'unknown'; readonly fault: Fault };

export interface Mutation<Refusal> {
  /** Sends a command with a key of its own, and answers with what became of it. */
  run: <Data, Input extends object>(document: Document<Data, { input: Input }>, input: InputOf<Input>, options?: MutateOptions) => Promise<Outcome<Data>>;
  /** Sends the last one again, with the key that it had: if it arrived, nothing happens twice. */
  again: () => Promise<void>;
  busy: boolean;
  trouble: MutationTrouble<Refusal> | null;
  clear: () => void;
}

/** Commands of one part of a page. `Refusal` is what its documents ask of `errors`. */
export function useMutation<Refusal extends { code: string } = { code: string; message: string }>(): Mutation<Refusal> {
  const connection = useClient();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<MutationTrouble<Refusal> | null>(null);
  const last = useRef<() => Promise<unknown>>(async () => {});

  const run = useCallback<Mutation<Refusal>['run']>(
    (document, input, options) => {
      const idempotencyKey = options?.idempotencyKey ?? crypto.randomUUID();
      const attempt = async () => {
        setBusy(true);
        setTrouble(null);
        const outcome = await mutate(connection, document, input, { ...options, idempotencyKey });
        setBusy(false);
        if (outcome.kind === 'refused') setTrouble({ kind: 'refused', refusal: outcome.refusal as unknown as Refusal });
        else if (outcome.kind !== 'done') setTrouble({ kind: outcome.kind, fault: outcome.fault });
        return outcome;
      };
      last.current = attempt;
      return attempt();
    },
    [connection],
  );
  const again = useCallback(async () => void (await last.current()), []);
  const clear = useCallback(() => setTrouble(null), []);
  return useMemo(() => ({ run, again, busy, trouble, clear }), [run, again, busy, trouble, clear]);
}

/** Keeps something going for as long as it is shown, and says what stands in its way. `begin` stays the same function for as long as the same is meant. */
export function useKept(begin: Begin): { trouble: Trouble | null; again: () => void } {
  const [trouble, tell] = useState<Trouble | null>(null);
  const [asked, ask] = useState(0);
  useEffect(() => {
    tell(null);
    return keepGoing(begin, tell);
  }, [begin, asked]);
  const again = useCallback(() => ask((times) => times + 1), []);
  return { trouble, again };
}
