// What a subscription is made of, so that it can go on where it stopped: the document as the user
// wrote it, with `after` at its one field, and with every event's cursor asked for.

import { Kind, getNamedType, isAbstractType, parse, print } from 'graphql';

/** The name under which the page asks for the cursor; taken off before events are shown. */
const CURSOR = 'resumeCursor';

/**
 * Chooses the operation as the server would. Null when the text cannot be read, or when it holds
 * several and none is named: the server says best what is wrong with it.
 */
export function choose({ query, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch {
    return null;
  }
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const named = operations.find(({ name }) => name?.value === operationName);
  const operation = named ?? (operations.length === 1 ? operations[0] : undefined);
  return operation ? { document, operation } : null;
}

/**
 * Reads a subscription. `ask(after)` is what to send, to begin or to go on; `take(result)` splits
 * what came into the event as it was asked for and its cursor. `field` is the subscription's name,
 * and `hasAfter` whether the user said where to begin, or it has nowhere to go on from: then it begins
 * again with all of it.
 */
export function readSubscription({ document, operation }, variables, schema) {
  const operationName = operation.name?.value;
  const [field, ...more] = operation.selectionSet.selections;
  if (field.kind !== Kind.FIELD || more.length > 0) {
    // Sent as it is: either the server refuses it, or it has its field in a fragment.
    const asIs = { query: print(document), variables, operationName };
    return { field: operationName, hasAfter: true, ask: () => asIs, take: (event) => ({ event }) };
  }
  const name = field.name.value;
  const key = field.alias?.value ?? name;
  const given = field.arguments.find((argument) => argument.name.value === 'after');
  const known = schema?.getSubscriptionType()?.getFields()[name];
  const resumes = !known || known.args.some((argument) => argument.name === 'after');

  return {
    field: name,
    hasAfter: !resumes || isGiven(given?.value, variables),
    ask(from) {
      const after = resumes ? from : undefined;
      const byVariable = after !== undefined && given?.value.kind === Kind.VARIABLE;
      const asked = after === undefined || byVariable ? field : withAfter(field, given, after);
      const changed = withCursors(asked, schema);
      return {
        query: print(replaced(document, operation, changed)),
        variables: byVariable ? { ...variables, [given.value.name.value]: after } : variables,
        operationName,
      };
    },
    take(event) {
      const value = event.data?.[key];
      if (typeof value !== 'object' || value === null) return { event };
      const { [CURSOR]: cursor = value.cursor, ...shown } = value;
      return { event: { ...event, data: { ...event.data, [key]: shown } }, cursor };
    },
  };
}

function isGiven(value, variables) {
  if (value?.kind === Kind.VARIABLE) return (variables?.[value.name.value] ?? null) !== null;
  return value !== undefined && value.kind !== Kind.NULL;
}

function withAfter(field, given, after) {
  const argument = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'after' },
    value: { kind: Kind.STRING, value: after },
  };
  return { ...field, arguments: [...field.arguments.filter((one) => one !== given), argument] };
}

/** A union has no field of its own, so each of its types is asked. */
function withCursors(field, schema) {
  const root = schema?.getSubscriptionType()?.getFields()[field.name.value];
  if (!root || !field.selectionSet) return field;
  const type = getNamedType(root.type);
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const cursors = types
    .filter((one) => one.getFields?.().cursor)
    .map((one) => ({
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: one.name } },
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: [
          {
            kind: Kind.FIELD,
            alias: { kind: Kind.NAME, value: CURSOR },
            name: { kind: Kind.NAME, value: 'cursor' },
          },
        ],
      },
    }));
  const selections = [...field.selectionSet.selections, ...cursors];
  return { ...field, selectionSet: { ...field.selectionSet, selections } };
}

function replaced(document, operation, field) {
  const selectionSet = { ...operation.selectionSet, selections: [field] };
  const changed = { ...operation, selectionSet };
  const definitions = document.definitions.map((one) => (one === operation ? changed : one));
  return { ...document, definitions };
}
