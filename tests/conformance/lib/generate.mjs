// Operations that are valid by construction: arguments, variables, aliases, fragments (named and
// inline, merging with what stands beside them), @skip and @include, several operations a document.
//
// Validity rests on one rule: within what merges into one object, a response key stands for one
// field with one set of arguments. `keys` is that memory; what repeats a key repeats its field, and
// what lies below merges into the same memory.

import {
  astFromValue,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isRequiredArgument,
  print,
} from 'graphql';
import { Values } from './values.mjs';

/** Fields inside one another. */
const DEEPEST = 7;
/** Selections of an operation, about. */
const BUDGET = 45;

export class Generator {
  #schema;
  #random;
  #values;

  constructor(schema, random, pool) {
    this.#schema = schema;
    this.#random = random;
    this.#values = new Values(random, pool);
  }

  /** `kind` is query, mutation or subscription. */
  operation(kind) {
    const build = {
      names: 0,
      left: BUDGET,
      variables: {},
      definitions: [],
      fragments: [],
    };
    const random = this.#random;
    const root = this.#schema.getRootType(kind);
    const fields = Object.values(root.getFields());
    const chosen = kind === 'subscription' ? [random.pick(fields)] : random.some(fields, 3);
    const keys = new Map();
    // A mutation whose root was skipped would do nothing, and a subscription must select one.
    const plain = kind !== 'query';
    const selections = chosen.map((field) => this.#field(build, root, field, keys, 1, plain));
    const name = random.chance(0.7) ? `Op${random.below(100)}` : '';
    const declared = build.definitions.length > 0 ? `(${build.definitions.join(', ')})` : '';
    const named = name === '' && declared !== '' ? `${kind} ${declared}` : `${kind} ${name}${declared}`;
    const documents = [`${named} { ${selections.join(' ')} }`, ...build.fragments];
    let operationName = name || undefined;
    if (name !== '' && random.chance(0.15)) documents.push('query Beside { __typename }');
    else if (random.chance(0.5)) operationName = undefined;
    if (random.chance(0.3)) documents.reverse();
    return {
      kind,
      query: documents.join('\n'),
      operationName,
      variables: build.variables,
    };
  }

  #selections(build, type, keys, depth) {
    const random = this.#random;
    const parts = [];
    if (isAbstractType(type)) {
      // Always, and never skipped: whoever checks the answer has to know what it is.
      parts.push('__typename');
      keys.set('__typename', { field: '__typename', arguments: '' });
      const possible = random.some(this.#schema.getPossibleTypes(type), 4);
      for (const one of possible) parts.push(this.#within(build, one, keys, depth));
      if ('getFields' in type) parts.push(...this.#fields(build, type, keys, depth, 2));
      return parts.join(' ');
    }
    parts.push(...this.#fields(build, type, keys, depth, 5));
    if (random.chance(0.12)) parts.push(this.#within(build, type, keys, depth));
    return parts.join(' ');
  }

  #fields(build, type, keys, depth, atMost) {
    const random = this.#random;
    const all = Object.values(type.getFields());
    const deep = depth >= DEEPEST || build.left <= 0;
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    if (deep && leaves.length === 0) return ['__typename'];
    const chosen = random.some(deep ? leaves : all, deep ? 2 : atMost);
    const parts = chosen.map((field) => this.#field(build, type, field, keys, depth));
    if (random.chance(0.1)) parts.push('__typename');
    // The same once more: it has to merge.
    if (random.chance(0.08)) {
      parts.push(this.#field(build, type, random.pick(chosen), keys, depth));
    }
    return parts;
  }

  /** A fragment on the type, inline or named, into the same keys. */
  #within(build, type, keys, depth) {
    const random = this.#random;
    const inside = this.#fields(build, type, keys, depth, 3).join(' ');
    if (random.chance(0.6)) return `... on ${type.name}${this.#condition(build)} { ${inside} }`;
    const name = `F${build.names++}`;
    build.fragments.push(`fragment ${name} on ${type.name} { ${inside} }`);
    const spread = `...${name}${this.#condition(build)}`;
    return random.chance(0.1) ? `${spread} ${spread}` : spread;
  }

  #field(build, parent, field, keys, depth, plain = false) {
    const random = this.#random;
    build.left -= 1;
    const named = getNamedType(field.type);
    const signature = `${parent.name}.${field.name}`;
    const before = keys.get(field.name);
    // What may merge with an earlier one repeats it exactly; anything else gets a name of its own.
    const repeats = before?.field === signature && !plain;
    const args = repeats ? before.arguments : this.#arguments(build, field);
    const alias = (!repeats && before) || (!repeats && random.chance(0.12)) ? `k${build.names++}` : '';
    const memory = repeats ? before : { field: signature, arguments: args, below: new Map() };
    keys.set(alias || field.name, memory);
    const head = `${alias ? `${alias}: ` : ''}${field.name}${args}`;
    const condition = plain ? '' : this.#condition(build);
    if (isLeafType(named)) return `${head}${condition}`;
    const below = this.#selections(build, named, memory.below, depth + 1);
    return `${head}${condition} { ${below} }`;
  }

  #arguments(build, field) {
    const random = this.#random;
    const given = [];
    const named = new Set();
    for (const argument of field.args) {
      const opposite = { first: 'last', last: 'first' }[argument.name];
      if (named.has(opposite)) continue;
      // A page cursor fits one list only; mostly it would just be refused.
      const often = ['after', 'before'].includes(argument.name) ? 0.06 : 0.35;
      if (!isRequiredArgument(argument) && !random.chance(often)) continue;
      named.add(argument.name);
      const value = this.#values.of(argument.type, argument.name);
      if (random.chance(0.45)) given.push(`${argument.name}: ${this.#variable(build, argument, value)}`);
      else given.push(`${argument.name}: ${print(astFromValue(value, argument.type))}`);
    }
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #variable(build, argument, value) {
    const random = this.#random;
    const name = `v${build.names++}`;
    const optional = !isNonNullType(argument.type);
    let definition = `$${name}: ${argument.type}`;
    if (optional && random.chance(0.15)) {
      definition += ` = ${print(astFromValue(value, argument.type))}`;
    }
    build.definitions.push(definition);
    if (!optional || random.chance(0.85)) build.variables[name] = value;
    return `$${name}`;
  }

  #condition(build) {
    const random = this.#random;
    if (!random.chance(0.07)) return '';
    const directive = random.pick(['skip', 'include']);
    const value = random.chance(0.5);
    if (random.chance(0.5)) return ` @${directive}(if: ${value})`;
    const name = `v${build.names++}`;
    build.definitions.push(`$${name}: Boolean!`);
    build.variables[name] = value;
    return ` @${directive}(if: $${name})`;
  }
}
