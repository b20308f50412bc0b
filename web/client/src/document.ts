// GraphQL documents with their types: of graphql-codegen, gql.tada, or a plain text.

import { type DocumentNode, print } from 'graphql';

/** What code generators put beside a document; it is not there when the program runs. */
export interface Typed<Data, Variables> {
  __apiType?: (variables: Variables) => Data;
}

export type Document<Data, Variables> = (DocumentNode & Typed<Data, Variables>) | (String & Typed<Data, Variables>) | string;

/** A document that a generator typed has its variables' type; a text takes any. */
export type AnyVariables = { readonly [name: string]: unknown };

const printed = new WeakMap<DocumentNode, string>();

function textOf(document: DocumentNode | String | string): string {
  if (typeof document === 'string') return document;
  if (document instanceof String) return document.toString();
  const node = document as DocumentNode;
  let text = printed.get(node);
  if (text === undefined) printed.set(node, (text = print(node)));
  return text;
}

export interface Operation {
  query: string;
  /** What it is called in the server's log. */
  operationName?: string;
  variables: Record<string, unknown>;
}

/** What is sent for a document of one operation. */
export function operationOf(document: DocumentNode | String | string, variables: Record<string, unknown>): Operation {
  const query = textOf(document);
  const [, operationName] = /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query) ?? [];
  return operationName === undefined ? { query, variables } : { query, operationName, variables };
}

/** The value of the one root field. */
export function rootOf(data: unknown): unknown {
  return Object.entries(Object(data) as object).find(([name]) => name !== '__typename')?.[1];
}

/** Where in the event log an event is: every event of Regie has a `cursor`. */
export function cursorOf(data: unknown): string | undefined {
  const { cursor } = Object(rootOf(data)) as { cursor?: unknown };
  return typeof cursor === 'string' ? cursor : undefined;
}
