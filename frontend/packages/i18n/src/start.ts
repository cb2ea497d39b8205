// Starts translation for one face: its own texts and the common ones, in the language this person chose before, or the
// browser's. The choice lives in this browser and goes to the server with every request.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { commonEn } from "./common.en.ts";
import { commonJa } from "./common.ja.ts";
import type { Locale } from "./format.ts";

/** Nested texts: every leaf is a string. */
export interface Texts {
  [key: string]: string | Texts;
}

/** The shape of `T` with any strings: the English texts must have exactly the keys of the Japanese ones. */
export type SameTexts<T> = { [K in keyof T]: T[K] extends string ? string : SameTexts<T[K]> };

const STORAGE_KEY = "enishi.language";

function storedLocale(): Locale | null {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "ja" || stored === "en" ? stored : null;
  } catch {
    // Storage can be switched off (private windows, LINE's browser); the choice then lasts for this page only.
    return null;
  }
}

function initialLocale(): Locale {
  const stored = storedLocale();
  if (stored !== null) return stored;
  const [first] = navigator.languages.filter((tag) => /^(ja|en)/.test(tag));
  return first?.startsWith("en") ? "en" : "ja";
}

/** Prepares the texts of a face; call it once, before the first render. */
export function startTexts<T extends Texts>(face: string, ja: T, en: SameTexts<T>): void {
  const locale = initialLocale();
  void i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "ja",
    ns: [face, "common"],
    defaultNS: face,
    fallbackNS: "common",
    resources: { ja: { [face]: ja, common: commonJa }, en: { [face]: en as Texts, common: commonEn } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = locale;
}

export function currentLocale(): Locale {
  return i18next.language === "en" ? "en" : "ja";
}

/** The language of the page and the way to change it; components that use it render again when it changes. */
export function useLocale(): [Locale, (next: Locale) => void] {
  const { i18n } = useTranslation();
  const change = (next: Locale): void => {
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // See storedLocale: without storage the choice simply does not outlive the page.
    }
    document.documentElement.lang = next;
    void i18n.changeLanguage(next);
  };
  return [i18n.language === "en" ? "en" : "ja", change];
}
