/** A value that a tap copies. It stays readable and selectable where the browser allows no copying. */
import type { Locale } from "@enishi/i18n/format.ts";

const WORDS = {
  copy: { ja: "コピー", en: "Copy" },
  copied: { ja: "コピーしました", en: "Copied" },
} as const;

const SHOWN_MS = 1_500;

/** A button that shows `value` and copies it; `large` for a code that is read from across the table. */
export function copyButton(value: string, locale: Locale, large = false): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = large ? "copy large" : "copy";
  const text = document.createElement("span");
  text.className = "value";
  text.textContent = value;
  const hint = document.createElement("span");
  hint.className = "hint";
  hint.textContent = WORDS.copy[locale];
  hint.setAttribute("role", "status");
  button.append(text, hint);
  button.addEventListener("click", () => {
    void copy(value).then((done) => {
      if (!done) return;
      hint.textContent = WORDS.copied[locale];
      window.setTimeout(() => {
        hint.textContent = WORDS.copy[locale];
      }, SHOWN_MS);
    });
  });
  return button;
}

/** Browsers give the clipboard only to secure pages; over plain http on another machine there is none. */
async function copy(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    return false;
  }
}
