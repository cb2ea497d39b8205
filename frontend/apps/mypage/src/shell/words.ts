/** The words of my page, with their keys checked by the compiler; what every face says is found behind them. */
import type { commonJa } from "@enishi/i18n/common.ja.ts";
import type { Locale } from "@enishi/i18n/format.ts";
import type { mypageJa } from "@enishi/i18n/mypage.ja.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { useTranslation } from "react-i18next";

type Path<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}` }[keyof T & string];

export type Word = Path<typeof mypageJa> | Path<typeof commonJa>;

interface Words {
  t: (word: Word, values?: Record<string, string | number>) => string;
  /** Whether a code that came from the server has a word of its own. */
  has: (word: string) => word is Word;
  locale: Locale;
  setLocale: (next: Locale) => void;
}

export function useWords(): Words {
  const { t, i18n } = useTranslation();
  const [locale, setLocale] = useLocale();
  // The keys are checked here, by `Word`; the library's own check knows the texts of another face.
  const translate = t as unknown as (word: string, values: Record<string, string | number>) => string;
  return {
    t: (word, values) => translate(word, values ?? {}),
    has: (word): word is Word => i18n.exists(word),
    locale,
    setLocale,
  };
}
