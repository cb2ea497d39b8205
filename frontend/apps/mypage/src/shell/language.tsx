import type { ReactElement } from "react";
import styles from "./language.module.css";
import { useWords } from "./words.ts";

const NAMES = { ja: "日本語", en: "English" } as const;

/** Both languages, each in its own words, the present one marked. */
export function LanguageSwitch(): ReactElement {
  const { t, locale, setLocale } = useWords();
  return (
    <div className={styles.switch} role="group" aria-label={t("language.label")}>
      {(["ja", "en"] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          lang={choice}
          aria-pressed={choice === locale}
          onClick={() => setLocale(choice)}
        >
          {NAMES[choice]}
        </button>
      ))}
    </div>
  );
}
