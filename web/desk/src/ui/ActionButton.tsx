// A button for something that one may or may not do. When not, it stays where the keyboard finds
// it, does nothing, and says why: seen as a tooltip, heard as its description.

import { type ReactNode, useId } from 'react';
import type { AnswerFragment } from '../gql/graphql';
import { useText } from '../text';
import { useStanding } from './Desk';

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
  // While the server cannot be asked, nothing that one may do can be done.
  const standing = useStanding();
  const allowed = answer.allowed && !standing;
  const why = standing ?? (answer.code && (t.codes[answer.code] ?? answer.message));
  return (
    <span className="action">
      <button
        type="button"
        className={className}
        aria-disabled={!allowed || busy}
        aria-describedby={why ? id : undefined}
        onClick={() => allowed && !busy && onClick()}
      >
        {children}
      </button>
      {why && (
        <span role="tooltip" id={id}>
          {why}
        </span>
      )}
    </span>
  );
}
