// The names of agents and queues that are known by id alone; an id that nothing is found for stays without.

import { useEffect, useState } from 'react';
import { query } from 'regie-client';
import { useClient } from 'regie-client/react';
import { graphql } from '../gql';

const NamesByIds = graphql(`
  query NamesByIds($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on Agent {
        id
        name
      }
      ... on Queue {
        id
        name
      }
    }
  }
`);

/** As many as one question may have. */
const MOST = 100;

export type Names = ReadonlyMap<string, string>;

export function useNames(ids: readonly string[]): Names {
  const connection = useClient();
  const [names, add] = useState<Names>(new Map());
  // What was asked for is not asked again, whatever came of it.
  const [asked, ask] = useState<ReadonlySet<string>>(new Set());
  const missing = [...new Set(ids)].filter((id) => !asked.has(id)).slice(0, MOST);
  const key = JSON.stringify(missing);
  useEffect(() => {
    const wanted = JSON.parse(key) as string[];
    if (wanted.length === 0) return;
    const over = new AbortController();
    const read = async () => {
      const { data } = await query(connection, NamesByIds, { ids: wanted }, { signal: over.signal });
      if (over.signal.aborted) return;
      const found = data?.nodes.flatMap((node) => (node && 'name' in node ? [[node.id, node.name] as const] : [])) ?? [];
      add((before) => new Map([...before, ...found]));
      ask((before) => new Set([...before, ...wanted]));
    };
    void read();
    return () => over.abort();
  }, [connection, key]);
  return names;
}
