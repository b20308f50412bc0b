// One mutation, carried out at most once however often it is sent.

import { useCallback, useRef, useState } from 'react';
import { type TypedDocumentNode, useClient } from 'urql';
import type { ErrorCode, RefusalFragment } from '../gql/graphql';
import { codeOf } from './refusal';

/** What every mutation of Regie answers under its one root field. */
interface Payload {
  errors: RefusalFragment[];
}

/** Why it did not happen: a refusal, a failed request, or no word from the server. */
export type Trouble =
  | { kind: 'refused'; refusal: RefusalFragment }
  | { kind: 'failed'; code: ErrorCode; message: string }
  | { kind: 'unreachable' };

export interface Act {
  /** Sends it, with a new idempotency key. Answers whether it was done. */
  run: <Input>(
    document: TypedDocumentNode<Record<string, unknown>, { input: Input & { idempotencyKey?: string | null } }>,
    input: Input,
  ) => Promise<boolean>;
  /** Sends the last one again, with the key that it had: if it arrived, nothing happens twice. */
  again: () => Promise<boolean>;
  busy: boolean;
  trouble: Trouble | null;
  clear: () => void;
}

export function useAct(): Act {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const last = useRef<() => Promise<boolean>>(async () => false);

  const run: Act['run'] = useCallback(
    (document, input) => {
      const variables = { input: { ...input, idempotencyKey: crypto.randomUUID() } };
      const attempt = async () => {
        setBusy(true);
        setTrouble(null);
        const result = await client.mutation(document, variables).toPromise();
        setBusy(false);
        if (result.error) {
          const code = codeOf(result.error);
          const message = result.error.graphQLErrors[0]?.message ?? '';
          setTrouble(code ? { kind: 'failed', code, message } : { kind: 'unreachable' });
          return false;
        }
        const payload = Object.values(result.data ?? {}).find((value) => typeof value === 'object') as Payload;
        const refusal = payload.errors[0];
        if (refusal) setTrouble({ kind: 'refused', refusal });
        return refusal === undefined;
      };
      last.current = attempt;
      return attempt();
    },
    [client],
  );

  const again = useCallback(() => last.current(), []);
  const clear = useCallback(() => setTrouble(null), []);
  return { run, again, busy, trouble, clear };
}
