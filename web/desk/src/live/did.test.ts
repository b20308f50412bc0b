import { expect, test } from 'vitest';
import { did as dutch } from '../text/did.nl';
import { did as english } from '../text/did.en';
import { ownActions } from './auditView';
import { idsOf, whomOf } from './did';

const names = new Map([
  ['agent_1', 'Anna'],
  ['queue_1', 'Post'],
]);
const after = { agent: null, queue: { name: 'Klachten' } };

test('a target names agents and queues, and nothing else', () => {
  expect(idsOf({ target: 'agent_1 queue_1' })).toEqual(['agent_1', 'queue_1']);
  expect(idsOf({ target: 'mon_1' })).toEqual([]);
  expect(idsOf({ target: null })).toEqual([]);
});

test('whom is said where it is known', () => {
  expect(whomOf({ action: 'ADD_QUEUE_MEMBER', target: 'agent_1 queue_1', after: null }, names)).toBe('Anna · Post');
  expect(whomOf({ action: 'ASSIGN_CONVERSATION', target: 'agent_2', after }, names)).toBe(null);
  expect(whomOf({ action: 'REQUEUE_CONVERSATION', target: null, after }, names)).toBe('Klachten');
});

test('every act is a sentence in both languages, with and without whom', () => {
  for (const action of ownActions)
    for (const did of [english, dutch]) {
      expect(did[action](null)).toMatch(/^\p{Lu}.*[^ :]$/u);
      const said = did[action]('Anna');
      expect(said === did[action](null) || said.includes('Anna')).toBe(true);
    }
});
