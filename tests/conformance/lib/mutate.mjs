// Ways to break a document or a body.

const TOKEN = /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|[_A-Za-z]\w*|-?\d[\d.eE+-]*|\.\.\.|[^\s,]/g;
const STRANGE = ['{', '}', '(', ')', '[', ']', ':', '!', '$', '@', '...', '|', '&', '=', '"', '#', '\\',
  '\u0000', '\ufeff', '\ud83e', 'null', 'true', 'on', 'fragment', 'subscription', '__typename', '1e999',
  '99999999999999999999', '-0', '"""', '@skip(if: true)', '...F0', '💥'];

const tokens = (text) => text.match(TOKEN) ?? [];
const joined = (list) => list.join(' ');

const WAYS = [
  /** One token for another of the same document. */
  (text, random) => {
    const list = tokens(text);
    const [a, b] = [random.below(list.length), random.below(list.length)];
    [list[a], list[b]] = [list[b], list[a]];
    return joined(list);
  },
  /** One token less. */
  (text, random) => {
    const list = tokens(text);
    list.splice(random.below(list.length), 1);
    return joined(list);
  },
  /** A run of tokens twice. */
  (text, random) => {
    const list = tokens(text);
    const from = random.below(list.length);
    list.splice(from, 0, ...list.slice(from, from + 1 + random.below(8)));
    return joined(list);
  },
  /** A token that does not belong there. */
  (text, random) => {
    const list = tokens(text);
    list.splice(random.below(list.length + 1), random.below(2), random.pick(STRANGE));
    return joined(list);
  },
  /** Cut short. */
  (text, random) => text.slice(0, random.below(text.length)),
  /** One character changed. */
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(1 + random.below(255)) + text.slice(at + 1);
  },
  /** A name misspelt. */
  (text, random) => {
    const list = tokens(text);
    const names = list.flatMap((token, index) => (/^[_A-Za-z]/.test(token) ? [index] : []));
    const at = random.pick(names);
    list[at] = random.pick([`${list[at]}x`, list[at].slice(1) || 'x', list[at].toUpperCase()]);
    return joined(list);
  },
];

/** The document, broken in one to three places; by luck it may still be valid. */
export function broken(text, random) {
  let result = text;
  for (let times = random.chance(0.7) ? 1 : 3; times > 0 && result.length > 0; times -= 1) {
    result = random.pick(WAYS)(result, random);
  }
  return result;
}

/** The bytes with up to four of them changed, perhaps cut short: seldom JSON, and seldom UTF-8. */
export function flipped(bytes, random) {
  const result = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    result[random.below(result.length)] ^= 1 << random.below(8);
  }
  return random.chance(0.2) ? result.subarray(0, random.below(result.length)) : result;
}
