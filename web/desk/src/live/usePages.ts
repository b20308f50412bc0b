// A list of which pages are read as they are asked for, one after the other. It does not change by itself; another question
// begins at its first page.

import { useCallback, useEffect, useState } from 'react';
import { type AnyVariables, type Document, type Fault, query } from 'regie-client';
import { useClient } from 'regie-client/react';

const PAGE = 50;
/** A person who types is let finish a word. */
const TYPING_MS = 250;

interface Page {
  nodes: readonly unknown[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}
/** How a page is asked for. */
interface Places {
  first: number;
  after: string | null;
}

export interface Pages<P extends Page> {
  rows: P['nodes'];
  /** The page that was read last. */
  page: P;
}

/** Null asks for nothing. `pageOf` stays the same function. */
export function usePages<Data, Variables extends AnyVariables, P extends Page>(
  document: Document<Data, Variables>,
  asked: Omit<Variables, 'first' | 'after'> | null,
  pageOf: (data: Data) => P,
) {
  const connection = useClient();
  const [found, setFound] = useState<Pages<P> | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [place, go] = useState({ times: 0, after: null as string | null });
  const key = JSON.stringify(asked);

  const [before, setBefore] = useState(key);
  if (before !== key) {
    setBefore(key);
    go({ times: 0, after: null });
  }

  useEffect(() => {
    if (key === 'null') {
      setFound(null);
      setFault(null);
      return;
    }
    const over = new AbortController();
    const places: Places = { first: PAGE, after: place.after };
    const read = async () => {
      const variables = { ...(JSON.parse(key) as object), ...places } as unknown as Variables;
      const answer = await query(connection, document, variables, { signal: over.signal });
      if (over.signal.aborted) return;
      setFault(answer.fault);
      if (!answer.data) return;
      const page = pageOf(answer.data);
      setFound((sofar) => ({ rows: place.after ? [...(sofar?.rows ?? []), ...page.nodes] : page.nodes, page }));
    };
    const waiting = setTimeout(() => void read(), place.after ? 0 : TYPING_MS);
    return () => {
      over.abort();
      clearTimeout(waiting);
    };
  }, [connection, document, key, place, pageOf]);

  const next = found?.page.pageInfo.hasNextPage ? (found.page.pageInfo.endCursor ?? null) : null;
  return {
    found,
    fault,
    /** Asks again what could not be read. */
    again: useCallback(() => go(({ times, after }) => ({ times: times + 1, after })), []),
    /** Asks from the first page on. */
    afresh: useCallback(() => go(({ times }) => ({ times: times + 1, after: null })), []),
    /** Null where there are no more. */
    more: next === null ? null : () => go({ times: 0, after: next }),
  };
}
