// The language of the page: chosen by the person, else by the browser, remembered for next time.

import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { type Dictionary, en } from './en';
import { nl } from './nl';

export const dictionaries = { en, nl } satisfies Record<string, Dictionary>;
export type Lang = keyof typeof dictionaries;

/** How the language writes times and numbers. */
export const localeOf = (lang: Lang) => ({ en: 'en-GB', nl: 'nl-NL' })[lang];

const KEY = 'regie-desk:language';

interface Speech {
  lang: Lang;
  t: Dictionary;
  speak: (lang: Lang) => void;
}

const SpeechContext = createContext<Speech>({ lang: 'en', t: en, speak: () => {} });

export const useText = () => use(SpeechContext);

export function TextProvider({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(firstLanguage);
  const t = dictionaries[lang];
  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  const speak = (chosen: Lang) => {
    localStorage.setItem(KEY, chosen);
    setLang(chosen);
  };
  return <SpeechContext value={{ lang, t, speak }}>{children}</SpeechContext>;
}

function firstLanguage(): Lang {
  const kept = localStorage.getItem(KEY) ?? navigator.language.slice(0, 2);
  return kept === 'nl' ? 'nl' : 'en';
}
