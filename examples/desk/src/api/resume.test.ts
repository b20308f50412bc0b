import { expect, test } from 'vitest';
import type { Sink, SubscribePayload } from 'graphql-ws';
import { cursorOf, resumable } from './resume';

/** Stands for graphql-ws: writes the payload out each time it connects. */
function stage(after?: string) {
  let payload: SubscribePayload = { query: '' };
  let sink: Sink | undefined;
  const seen: unknown[] = [];
  const live = {
    subscribe: (asked: SubscribePayload, to: Sink<never>) => {
      payload = asked;
      sink = to as Sink;
      return () => {};
    },
  };
  const variables = { id: 'conv_1', after };
  const to = { next: (result: unknown) => seen.push(result), error: () => {}, complete: () => {} };
  resumable(live as never, { query: 'subscription { x }', variables } as never, to as never);
  return {
    connect: () => JSON.parse(JSON.stringify(payload.variables)),
    deliver: (data: Record<string, unknown>) => sink!.next({ data }),
    variables,
    seen,
  };
}

test('the first connection asks for what the caller asked for', () => {
  expect(stage('start').connect()).toEqual({ id: 'conv_1', after: 'start' });
  expect(stage().connect()).toEqual({ id: 'conv_1' });
});

test('the next connection goes on after the last event', () => {
  const server = stage('start');
  server.deliver({ conversationChanges: { cursor: 'one' } });
  server.deliver({ conversationChanges: { cursor: 'two' } });
  expect(server.connect()).toEqual({ id: 'conv_1', after: 'two' });
  expect(server.seen).toHaveLength(2);
});

test('what has no cursor loses no place, and the caller’s variables stay theirs', () => {
  const server = stage('start');
  server.deliver({ conversationChanges: null });
  expect(server.connect().after).toBe('start');
  server.deliver({ conversationChanges: { cursor: 'one' } });
  expect(server.variables.after).toBe('start');
});

test('a cursor is found under whatever root field there is', () => {
  expect(cursorOf({ a: { cursor: 'c' } })).toBe('c');
  expect(cursorOf({ a: { cursor: 7 } })).toBeUndefined();
  expect(cursorOf(null)).toBeUndefined();
});
