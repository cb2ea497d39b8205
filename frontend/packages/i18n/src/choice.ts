// Which language this person reads: chosen before in this browser, or the browser's own. Free of any library, so that
// the smallest pages can use it too.
import type { Locale } from "./format.ts";

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

/** The language to begin with. Japanese, unless this person chose English or their browser asks for it first. */
export function initialLocale(): Locale {
  const stored = storedLocale();
  if (stored !== null) return stored;
  const [first] = navigator.languages.filter((tag) => /^(ja|en)/.test(tag));
  return first?.startsWith("en") ? "en" : "ja";
}

/** Keeps the choice for the next visit and tells the browser which language the page now speaks. */
export function rememberLocale(locale: Locale): void {
  try {
    localStorage.setItem(STORAGE_KEY, locale);
  } catch {
    // See storedLocale: without storage the choice simply does not outlive the page.
  }
  document.documentElement.lang = locale;
}
