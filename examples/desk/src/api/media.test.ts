import { expect, test } from 'vitest';
import { sourceOf } from './media';

test('what the demo serves is ours', () => {
  const reference = '/demo/media/broken-lamp.svg';
  expect(sourceOf({ reference })).toEqual({ address: reference, ours: true });
});

test('an https address is of somebody else', () => {
  const url = 'https://media.example/1.jpg';
  expect(sourceOf({ url, reference: 'media-1' })).toEqual({ address: url, ours: false });
});

test('nothing else is an address', () => {
  for (const reference of ['', 'media-1', '//evil.example/x', '/graphql', '/demo/media/', '/demo/media/../x', '/demo/media/a/b', '/demo/media/a?b']) {
    expect(sourceOf({ reference }), reference).toBeNull();
  }
  for (const url of ['http://media.example/1.jpg', 'javascript:alert(1)', 'no address']) {
    expect(sourceOf({ url }), url).toBeNull();
  }
});
