import type { ReactNode } from 'react';
import icon from '../icon.svg';
import { dictionaries, useText } from '../text';

/** Beside this file, which says where it lies. */
const source = new URL(icon, import.meta.url).href;

export function TopBar({ children }: { children?: ReactNode }) {
  const { t } = useText();
  return (
    <header className="top">
      <h1 className="brand">
        <img src={source} alt="" width="24" height="24" />
        <span>{t.title}</span>
      </h1>
      {children}
      <LanguageSwitch />
    </header>
  );
}

/** Speaks the other language, which its button names in that language. */
function LanguageSwitch() {
  const { lang, speak } = useText();
  const other = lang === 'en' ? 'nl' : 'en';
  return (
    <button type="button" className="quiet language" lang={other} onClick={() => speak(other)}>
      {dictionaries[other].language}
    </button>
  );
}
