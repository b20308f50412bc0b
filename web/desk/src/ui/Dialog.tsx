// A question that is answered or cancelled. The browser's own dialog: it holds the focus, closes
// by Escape, and gives the focus back.

import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { useText } from '../text';

interface Props {
  heading: string;
  submit: string;
  /** What must be said before it can be sent; null when nothing is missing. */
  missing?: string | null;
  grave?: boolean;
  /** Whether it can be left without an answer. */
  cancel?: boolean;
  busy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ heading, submit, missing = null, grave = false, cancel = true, busy, onSubmit, onClose, children }: Props) {
  const { t } = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const shown = dialog.current;
    if (!shown || shown.open) return;
    shown.showModal();
    // What is asked first has the keyboard, where the browser would choose something else.
    shown.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
  }, []);

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!missing && !busy) onSubmit();
  };

  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form onSubmit={send}>
        <h3 id={id}>{heading}</h3>
        {children}
        <p className="buttons">
          <button
            type="submit"
            className={grave ? 'primary grave' : 'primary'}
            aria-disabled={missing !== null || busy}
            aria-describedby={`${id}-missing`}
          >
            {busy ? t.act.busy : submit}
          </button>
          {cancel && (
            <button type="button" onClick={() => dialog.current?.close()}>
              {t.act.cancel}
            </button>
          )}
          <span id={`${id}-missing`} className="quiet">
            {missing}
          </span>
        </p>
      </form>
    </dialog>
  );
}

/** Why, in the person's words; for the audit trail. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t.act.reason}</label>
      <input
        id={id}
        value={value}
        maxLength={500}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-hint`} className="quiet">
        {t.act.reasonHint}
      </span>
    </div>
  );
}
