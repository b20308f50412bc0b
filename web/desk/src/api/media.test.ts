import { expect, test } from 'vitest';
import { sourceOf } from './media';

const origins = ['https://media.example'];

test('what the demo serves is shown', () => {
  const reference = '/demo/media/broken-lamp.svg';
  expect(sourceOf({ reference }, [])).toEqual({ kind: 'shown', address: reference });
});

test('an https address is shown where the operator names its origin, else linked', () => {
  const url = 'https://media.example/1.jpg';
  expect(sourceOf({ url, reference: 'media-1' }, origins)).toEqual({ kind: 'shown', address: url });
  expect(sourceOf({ url }, [])).toEqual({ kind: 'linked', address: url });
  const other = 'https://media.example.evil/1.jpg';
  expect(sourceOf({ url: other }, origins)).toEqual({ kind: 'linked', address: other });
});

test('nothing else is an address', () => {
  for (const reference of ['', 'media-1', '//evil.example/x', '/graphql', '/demo/media/', '/demo/media/../x', '/demo/media/a/b', '/demo/media/a?b']) {
    expect(sourceOf({ reference }, origins)).toBeNull();
  }
  for (const url of ['http://media.example/1.jpg', 'javascript:alert(1)', 'data:text/html,x', 'nonsense']) {
    expect(sourceOf({ url }, origins)).toBeNull();
  }
});
