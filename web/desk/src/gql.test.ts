import { expect, test } from 'vitest';
import { graphql } from './gql';

test('an operation is sent with the fragments that it spreads, each once, also those of fragments', () => {
  const document = graphql as unknown as (text: string) => String;
  const operation = document('query Q { a { ...One ...Two ... on B { c } } }');
  document('fragment One on A { d ...Two }');
  document('fragment Two on A { e }');
  expect(String(operation)).toBe('query Q { a { ...One ...Two ... on B { c } } }\nfragment One on A { d ...Two }\nfragment Two on A { e }');
  expect(() => String(document('{ ...Three }'))).toThrow('Three');
});
