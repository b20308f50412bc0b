import { expect, test } from 'vitest';
import { en } from './en';
import { nl } from './nl';

/** Every word by its path; a phrase that takes values is spoken with ones that can be found again. */
function words(part: object, path = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]): [string, string][] => {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === 'object') return words(value, at);
    if (typeof value === 'function') return [[at, value(...[7, 8, 9].slice(0, value.length))]];
    return [[at, value]];
  });
}

const english = new Map(words(en));
const dutch = new Map(words(nl));

test('both languages have the same words', () => {
  expect([...dutch.keys()].sort()).toEqual([...english.keys()].sort());
  expect(english.size).toBeGreaterThan(150);
});

test('no word is empty', () => {
  const empty = [...english, ...dutch].filter(([, word]) => word.trim() === '');
  expect(empty).toEqual([]);
});

test('a phrase takes the same values in both languages', () => {
  const values = (word: string) => word.match(/\b[789]\b/g)?.sort();
  for (const [at, word] of english) expect([at, values(dutch.get(at)!)]).toEqual([at, values(word)]);
});

test('sentences are translated, not copied', () => {
  const sentences = [...english].filter(([, word]) => word.split(' ').length > 2);
  const copied = sentences.filter(([at, word]) => dutch.get(at) === word);
  expect(copied).toEqual([]);
});
