// Every subscription of Regie takes `after`, and every event has a `cursor`. That is all that
// resuming needs: remember the last cursor, and start from it when the connection is back.

import type { Client, ExecutionResult, Sink } from 'graphql-ws';
import type { SubscriptionOperation } from 'urql';

/**
 * Subscribes so that graphql-ws, which sends the operation again after each reconnection, sends it
 * with the cursor of the last event that arrived. The document must take `$after`.
 */
export function resumable(live: Pick<Client, 'subscribe'>, operation: SubscriptionOperation, sink: Sink<ExecutionResult>) {
  // graphql-ws writes the payload out again for each connection, so changing it here is enough.
  const variables: Record<string, unknown> = { ...operation.variables };
  const payload = { query: operation.query!, operationName: operation.operationName, variables };
  return live.subscribe(payload, {
    ...sink,
    next(result) {
      variables.after = cursorOf(result.data) ?? variables.after;
      sink.next(result as ExecutionResult);
    },
  });
}

/** The cursor of an event: a subscription has one root field, and its value says where it is. */
export function cursorOf(data: unknown): string | undefined {
  const event: unknown = Object.values(Object(data))[0];
  const { cursor } = Object(event) as { cursor?: unknown };
  return typeof cursor === 'string' ? cursor : undefined;
}
