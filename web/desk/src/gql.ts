// GraphQL documents as texts. Their types come from graphql-codegen, which only the type check needs: what is bundled
// holds the texts as they stand here, each operation with the fragments that it spreads.

import type { graphql as Typed } from './gql/gql';

const fragments = new Map<string, string>();

/** An operation, written out when it is first sent: by then every module has named its fragments. */
class Operation extends String {
  private whole: string | undefined;

  override toString() {
    return (this.whole ??= withFragments(super.toString()));
  }
}

function withFragments(operation: string): string {
  const found = new Map<string, string>();
  const look = (text: string) => {
    for (const [, name] of text.matchAll(/\.\.\.\s*(?!on\b)(\w+)/g)) {
      if (name === undefined || found.has(name)) continue;
      const fragment = fragments.get(name);
      if (fragment === undefined) throw new Error(`no fragment ${name}`);
      found.set(name, fragment);
      look(fragment);
    }
  };
  look(operation);
  return [operation, ...found.values()].join('\n');
}

function documentOf(text: string): String {
  const [, fragment] = /^\s*fragment\s+(\w+)/.exec(text) ?? [];
  if (fragment !== undefined) fragments.set(fragment, text);
  return new Operation(text);
}

export const graphql = documentOf as typeof Typed;
