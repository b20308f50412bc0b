// Words to look for, asked when whoever types rests.

import { useEffect, useId, useRef, useState } from 'react';

const TYPING_MS = 250;

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function Search({ label, value, onChange }: Props) {
  const id = useId();
  const [typed, type] = useState(value);
  const [asked, ask] = useState(value);
  const tell = useRef(onChange);
  tell.current = onChange;

  // Asked elsewhere, as by a saved view.
  if (asked !== value) {
    ask(value);
    type(value);
  }
  useEffect(() => {
    if (typed === asked) return;
    const rest = setTimeout(() => {
      ask(typed);
      tell.current(typed);
    }, TYPING_MS);
    return () => clearTimeout(rest);
  }, [typed, asked]);

  return (
    <div className="choice search">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="search" maxLength={200} value={typed} onChange={(event) => type(event.target.value)} />
    </div>
  );
}
