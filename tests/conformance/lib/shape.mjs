// Whether an answer has exactly the shape that its operation asks for: the keys, their order, what
// may be null, and what each scalar and enum looks like (GraphQL specification, sections 6.4 and 7.1).

import {
  getNamedType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isAbstractType,
  Kind,
  TypeNameMetaFieldDef,
} from 'graphql';

const SCALARS = {
  Int: (value) => Number.isInteger(value) && Math.abs(value) <= 2147483648,
  Float: (value) => typeof value === 'number',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  ID: (value) => typeof value === 'string',
  DateTime: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/.test(value),
  LogCursor: (value) => /^[\w-]{38,128}$/.test(value),
};

/** What is wrong with a well-formed response to a request; an empty list where nothing is. */
export function envelopeFaults(body) {
  const faults = [];
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return ['not an object'];
  for (const key of Object.keys(body)) {
    if (!['data', 'errors', 'extensions'].includes(key)) faults.push(`unknown key ${key}`);
  }
  if (!('data' in body) && !('errors' in body)) faults.push('neither data nor errors');
  if ('errors' in body) {
    if (!Array.isArray(body.errors) || body.errors.length === 0) faults.push('errors is no list');
    else for (const error of body.errors) errorFaults(error, faults);
  }
  if (body.data === null && !('errors' in body)) faults.push('data is null without errors');
  return faults;
}

function errorFaults(error, faults) {
  if (typeof error.message !== 'string' || error.message === '') faults.push('error without message');
  if (typeof error.extensions?.code !== 'string') faults.push(`error without code: ${error.message}`);
  for (const place of error.locations ?? []) {
    if (!(place.line >= 1 && place.column >= 1)) faults.push('error at no place');
  }
  if ('path' in error && !Array.isArray(error.path)) faults.push('path is no list');
}

/** What is wrong with the data of an executed operation. */
export function dataFaults(schema, document, operationName, variables, body) {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const operation = operationName
    ? operations.find((one) => one.name?.value === operationName)
    : operations[0];
  const fragments = new Map(
    document.definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const given = { ...variables };
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (!(variable.name.value in given)) given[variable.name.value] = defaultValue?.value;
  }
  const faults = [];
  const checker = { schema, fragments, given, faults, errors: body.errors ?? [] };
  if (body.data !== null) {
    const root = schema.getRootType(operation.operation);
    object(checker, root, [operation.selectionSet], body.data, []);
  }
  return faults;
}

function object(checker, type, sets, data, path) {
  const at = path.join('.') || 'data';
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    checker.faults.push(`${at} is no object`);
    return;
  }
  const fields = new Map();
  for (const set of sets) collect(checker, type, set, fields);
  const expected = [...fields.keys()].join(' ');
  const found = Object.keys(data).join(' ');
  if (expected !== found) checker.faults.push(`${at}: keys are [${found}], asked were [${expected}]`);
  for (const [key, nodes] of fields) {
    const name = nodes[0].name.value;
    const definition = name === '__typename' ? TypeNameMetaFieldDef : type.getFields()[name];
    const below = nodes.map((node) => node.selectionSet).filter(Boolean);
    value(checker, definition.type, below, data[key], [...path, key]);
    if (name === '__typename' && data[key] !== type.name) checker.faults.push(`${at}: not a ${type.name}`);
  }
}

function value(checker, type, sets, data, path) {
  const at = path.join('.');
  if (isNonNullType(type)) {
    if (data === null) checker.faults.push(`${at} is null`);
    else value(checker, type.ofType, sets, data, path);
    return;
  }
  if (data === null) return;
  if (isListType(type)) {
    if (!Array.isArray(data)) checker.faults.push(`${at} is no list`);
    else data.forEach((item, index) => value(checker, type.ofType, sets, item, [...path, index]));
    return;
  }
  if (isEnumType(type)) {
    if (!type.getValue(data)) checker.faults.push(`${at}: ${data} is no ${type.name}`);
    return;
  }
  if (isLeafType(type)) {
    const fits = SCALARS[type.name];
    if (!fits?.(data)) checker.faults.push(`${at}: ${JSON.stringify(data)} is no ${type.name}`);
    return;
  }
  const named = isAbstractType(type) ? checker.schema.getType(data?.__typename) : getNamedType(type);
  if (!isObjectType(named) || !(named === type || checker.schema.isSubType(type, named))) {
    checker.faults.push(`${at}: ${data?.__typename} is no ${type.name}`);
    return;
  }
  object(checker, named, sets, data, path);
}

/** CollectFields of the specification's section 6.3.2. */
function collect(checker, type, set, fields, seen = new Set()) {
  for (const selection of set.selections) {
    if (!included(checker, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      fields.set(key, [...(fields.get(key) ?? []), selection]);
      continue;
    }
    let fragment = selection;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      if (seen.has(name)) continue;
      seen.add(name);
      fragment = checker.fragments.get(name);
    }
    const condition = fragment.typeCondition?.name.value;
    const on = condition ? checker.schema.getType(condition) : type;
    if (on === type || (isAbstractType(on) && checker.schema.isSubType(on, type))) {
      collect(checker, type, fragment.selectionSet, fields, seen);
    }
  }
}

function included(checker, selection) {
  return (selection.directives ?? []).every((directive) => {
    const { value: condition } = directive.arguments[0];
    const holds =
      condition.kind === Kind.VARIABLE ? checker.given[condition.name.value] : condition.value;
    return directive.name.value === 'skip' ? !holds : holds;
  });
}
