import { useId } from 'react';

interface Props {
  label: string;
  value: string | null;
  /** The last day that can be chosen. */
  max?: string;
  onChange: (day: string | null) => void;
}

/** A day, or none. */
export function Day({ label, value, max, onChange }: Props) {
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value ?? ''} max={max} onChange={(event) => onChange(event.target.value || null)} />
    </div>
  );
}
