import type { consoleJa } from "@enishi/i18n/console.ja.ts";
import { textsOf } from "@enishi/i18n/texts.ts";

/** The console's texts in the language of the page. */
export const useTexts = textsOf<typeof consoleJa>();
