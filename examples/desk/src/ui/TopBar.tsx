import type { ReactNode } from 'react';
import { dictionaries, type Lang, useText } from '../text';

export function TopBar({ children }: { children?: ReactNode }) {
  const { t } = useText();
  return (
    <header className="top">
      <span className="brand">
        <svg aria-hidden="true" viewBox="0 0 16 16">
          <rect width="16" height="16" rx="4" />
          <circle cx="8" cy="8" r="3.5" />
        </svg>
        {t.title}
      </span>
      {children}
      <LanguageSwitch />
    </header>
  );
}

function LanguageSwitch() {
  const { t, lang, speak } = useText();
  return (
    <div className="languages" role="group" aria-label={t.languages}>
      {(Object.keys(dictionaries) as Lang[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === lang}
          aria-label={dictionaries[one].language}
          onClick={() => speak(one)}
        >
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
