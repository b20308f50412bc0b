// A button for something that one may or may not do. When not, it stays where the keyboard finds
// it, does nothing, and says why: seen as a tooltip, heard as its description.

import { type ReactNode, useId } from 'react';
import type { AnswerFragment } from '../gql/graphql';
import { useText } from '../text';

interface Props {
  answer: AnswerFragment;
  busy: boolean;
  onClick: () => void;
  children: ReactNode;
  className?: string;
}

export function ActionButton({ answer, busy, onClick, children, className }: Props) {
  const { t } = useText();
  const id = useId();
  const why = answer.code && (t.codes[answer.code] ?? answer.message);
  return (
    <span className="action">
      <button
        type="button"
        className={className}
        aria-disabled={!answer.allowed || busy}
        aria-describedby={why ? id : undefined}
        onClick={() => answer.allowed && !busy && onClick()}
      >
        {children}
      </button>
      {why && (
        <span role="tooltip" id={id}>
          {why} <code>{answer.code}</code>
        </span>
      )}
    </span>
  );
}
