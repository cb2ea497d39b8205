// Texts by name, checked by the compiler: a key that no language file has is an error, not a blank on a screen.
import i18next from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { commonJa } from "./common.ja.ts";

/** The dotted names of all texts in a tree. */
export type TextKey<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${TextKey<T[K]>}`;
}[keyof T & string];

/** The dotted names of groups of texts, such as the names of all payment methods. */
export type GroupKey<T> = {
  [K in keyof T & string]: T[K] extends string ? never : K | `${K}.${GroupKey<T[K]>}`;
}[keyof T & string];

export interface Translated<Face> {
  /** The text of a name, its `{{gaps}}` filled. */
  t: (key: TextKey<Face> | `common:${TextKey<typeof commonJa>}`, values?: Record<string, unknown>) => string;
  /** The word of a group for a value that came from the server; the value itself where the group does not know it. */
  word: (group: GroupKey<Face> | `common:${GroupKey<typeof commonJa>}`, value: string) => string;
}

function word(group: string, value: string): string {
  const words: unknown = i18next.t(group, { returnObjects: true });
  const found = words !== null && typeof words === "object" ? (words as Record<string, unknown>)[value] : undefined;
  return typeof found === "string" ? found : value;
}

/** Makes a face's own hook; components that call it render again when the language changes. */
export function textsOf<Face>(): () => Translated<Face> {
  return () => {
    const { t } = useTranslation();
    return useMemo(() => ({ t: (key: string, values?: Record<string, unknown>) => t(key, values ?? {}), word }), [t]);
  };
}
