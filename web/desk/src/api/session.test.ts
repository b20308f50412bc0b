import { expect, test } from 'vitest';
import { readToken } from './session';

const token = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.x`;
const good = token({ sub: 'ingrid', exp: 100, roles: ['SUPERVISOR'] });

test('a token says who it is for and when it ends', () => {
  expect(readToken(good, 0)).toMatchObject({ subject: 'ingrid', endsAt: 100_000, roles: ['SUPERVISOR'] });
});

test('it may be pasted as it stands in a header', () => {
  expect(readToken(`  Bearer ${good}\n`, 0).token).toBe(good);
});

test('what is no token is said to be none', () => {
  for (const text of ['', 'hello', 'a.b.c', token({ exp: 100 }), token({ sub: 'ingrid' })]) {
    expect(() => readToken(text, 0), text).toThrow('unreadable');
  }
});

test('a token that has ended is said to have ended', () => {
  expect(() => readToken(good, 100_000)).toThrow('ended');
});
