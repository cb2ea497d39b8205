// Starts translation for one face: its own texts and the common ones, in the language this person chose before, or the
// browser's. The choice lives in this browser and goes to the server with every request.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { initialLocale, rememberLocale } from "./choice.ts";
import { commonEn } from "./common.en.ts";
import { commonJa } from "./common.ja.ts";
import type { Locale } from "./format.ts";

/** Nested texts: every leaf is a string. */
export interface Texts {
  [key: string]: string | Texts;
}

/** The shape of `T` with any strings: the English texts must have exactly the keys of the Japanese ones. */
export type SameTexts<T> = { [K in keyof T]: T[K] extends string ? string : SameTexts<T[K]> };

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
    rememberLocale(next);
    void i18n.changeLanguage(next);
  };
  return [i18n.language === "en" ? "en" : "ja", change];
}
