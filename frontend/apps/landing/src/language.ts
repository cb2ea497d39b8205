/** Switches a page between the Japanese it was written in and English, and keeps the choice for all faces. */
import { initialLocale, rememberLocale } from "@enishi/i18n/choice.ts";
import type { Locale } from "@enishi/i18n/format.ts";
import { english } from "./english.ts";

let locale: Locale = "ja";

export function currentLocale(): Locale {
  return locale;
}

/** Prepares the switch; `onChange` draws what the script itself wrote, now and at every change. */
export function startLanguage(onChange: () => void): void {
  const written = [...document.querySelectorAll<HTMLElement>("[data-word]")].map((element) => ({
    element,
    ja: element.textContent,
    en: english[element.dataset["word"] ?? ""] ?? element.textContent,
  }));
  const choices = [...document.querySelectorAll<HTMLButtonElement>("[data-language]")];
  const speak = (next: Locale): void => {
    locale = next;
    document.documentElement.lang = next;
    for (const { element, ja, en } of written) element.textContent = next === "en" ? en : ja;
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.dataset["language"] === next));
    onChange();
  };
  for (const choice of choices) {
    choice.addEventListener("click", () => {
      const next: Locale = choice.dataset["language"] === "en" ? "en" : "ja";
      rememberLocale(next);
      speak(next);
    });
  }
  speak(initialLocale());
}
