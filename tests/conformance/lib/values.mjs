// Values for arguments and variables: what the server holds, edges of each type, and odd text.

import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';

const TEXTS = [
  'Goedemiddag',
  '',
  ' ',
  'a'.repeat(300),
  'quote " and backslash \\ and \n line',
  'ünïcödé 日本語 🦀',
  '\u0000\u0007',
  '{"json": true}',
  "'; DROP TABLE conversations; --",
  '"""',
];
const INTEGERS = [0, 1, 2, 5, 10, 60, 100, 3600, 2147483647];
const FLOATS = [0, -1, 1, 0.25, 1e-9];
const INSTANTS = [
  '2026-01-01T00:00:00Z',
  '2030-12-31T23:59:59.999Z',
  '2024-02-29T12:00:00+01:00',
  '1970-01-01T00:00:00Z',
];
const STRANGE_IDS = ['', 'conv_0', 'queue_' + 'f'.repeat(32), 'agent_' + '0'.repeat(32), '💥'];

/** Deeper than this, optional parts of an input are left out. */
const DEEPEST_INPUT = 4;

export class Values {
  #random;
  #pool;

  /** `pool` has `ids`, `cursors` of the log and `pages` (cursors of lists) that the server gave out. */
  constructor(random, pool) {
    this.#random = random;
    this.#pool = pool;
  }

  /** A value of the type; undefined where an optional one is left out. */
  of(type, name, depth = 0) {
    const random = this.#random;
    if (isNonNullType(type)) return this.#present(type.ofType, name, depth);
    if (random.chance(0.08)) return null;
    return this.#present(type, name, depth);
  }

  #present(type, name, depth) {
    const random = this.#random;
    if (isNonNullType(type)) return this.#present(type.ofType, name, depth);
    if (isListType(type)) {
      const length = depth >= DEEPEST_INPUT ? 0 : random.below(3);
      return Array.from({ length }, () => this.of(type.ofType, name, depth + 1));
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isInputObjectType(type)) return this.#object(type, depth);
    switch (type.name) {
      case 'Boolean':
        return random.chance(0.5);
      case 'Int':
        return name === 'first' || name === 'last' ? random.below(6) : random.pick(INTEGERS);
      case 'Float':
        return random.pick(FLOATS);
      case 'ID':
        return this.#id(name);
      case 'DateTime':
        return random.pick(INSTANTS);
      case 'LogCursor':
        return random.pick(this.#pool.cursors);
      default:
        if (name === 'after' || name === 'before') return random.pick(this.#pool.pages);
        return random.pick(TEXTS);
    }
  }

  #object(type, depth) {
    const random = this.#random;
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const field = random.pick(fields);
      return { [field.name]: this.#present(field.type, field.name, depth + 1) };
    }
    const value = {};
    for (const field of fields) {
      const wanted = isRequiredInputField(field) || (depth < DEEPEST_INPUT && random.chance(0.4));
      if (wanted) value[field.name] = this.of(field.type, field.name, depth + 1);
    }
    return value;
  }

  /** Mostly an id of the kind that the name speaks of. */
  #id(name) {
    const random = this.#random;
    if (random.chance(0.1)) return random.pick(STRANGE_IDS);
    const kinds = Object.keys(this.#pool.ids);
    const meant = kinds.filter((kind) => name.toLowerCase().includes(kind));
    const kind = random.pick(meant.length > 0 && random.chance(0.85) ? meant : kinds);
    return random.pick(this.#pool.ids[kind]);
  }
}
