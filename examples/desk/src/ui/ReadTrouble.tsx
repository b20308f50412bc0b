// Why something cannot be read at the moment, and whether it is tried again by itself.

import type { CombinedError } from 'urql';
import { codeOf } from '../api/refusal';
import type { Kept } from '../live/useKept';
import { useText } from '../text';

export function ReadTrouble({ trouble, again }: Kept) {
  return trouble && <Unread error={trouble.error} again={trouble.lasting ? again : null} />;
}

interface Props {
  error: CombinedError;
  /** How to try again; null when that happens by itself. */
  again: (() => void) | null;
}

export function Unread({ error, again }: Props) {
  const { t } = useText();
  const code = codeOf(error);
  // A server newer than this desk may know a code that it does not.
  const words = code ? (t.codes[code] ?? error.graphQLErrors[0]?.message) : t.unread.unreachable;
  return (
    <div className="unread" role="alert">
      <p>
        {words} {code && <code>{code}</code>} {!again && t.unread.trying}
      </p>
      {again && (
        <button type="button" onClick={again}>
          {t.act.again}
        </button>
      )}
    </div>
  );
}
