import type { counterJa } from "@enishi/i18n/counter.ja.ts";
import { textsOf } from "@enishi/i18n/texts.ts";

/** The counter's texts in the language of the page. */
export const useTexts = textsOf<typeof counterJa>();
