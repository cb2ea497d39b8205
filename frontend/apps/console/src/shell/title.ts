import { useEffect } from "react";
import { useTexts } from "./texts.ts";

/** Names the page in the browser's tab, history and bookmarks. */
export function useTitle(page: string): void {
  const { t } = useTexts();
  const title = t("pageTitle", { page });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
