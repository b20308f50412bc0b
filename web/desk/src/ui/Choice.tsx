import { useId } from 'react';
import { useText } from '../text';

interface Props<Value extends string> {
  label: string;
  value: Value | null;
  options: Record<Value, string>;
  onChange: (value: Value | null) => void;
  /** Whether one may choose not to choose. */
  all?: boolean;
}

export function Choice<Value extends string>({ label, value, options, onChange, all = true }: Props<Value>) {
  const { t } = useText();
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => onChange((event.target.value as Value) || null)}>
        {all && <option value="">{t.list.all}</option>}
        {(Object.entries(options) as [Value, string][]).map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}
