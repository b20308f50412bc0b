// Why something cannot be read at the moment, and whether it is tried again by itself.

import type { Fault, Trouble } from 'regie-client';
import type { ErrorCode } from '../gql/graphql';
import { useText } from '../text';

export function ReadTrouble({ trouble, again }: { trouble: Trouble | null; again: () => void }) {
  return trouble && <Unread fault={trouble.fault} again={trouble.lasting ? again : null} />;
}

interface Props {
  fault: Fault;
  /** How to try again; null when that happens by itself. */
  again: (() => void) | null;
}

export function Unread({ fault, again }: Props) {
  const { t } = useText();
  const { code, message } = fault;
  // A server newer than this desk may know a code that it does not.
  const words = code ? (t.codes[code as ErrorCode] ?? message) : t.unread.unreachable;
  return (
    <div className="unread" role="alert">
      <p>
        {words} {!again && t.unread.trying}
      </p>
      {again && (
        <button type="button" onClick={again}>
          {t.act.again}
        </button>
      )}
    </div>
  );
}
