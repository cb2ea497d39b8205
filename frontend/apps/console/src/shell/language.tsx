import { useLocale } from "@enishi/i18n/start.ts";
import { SegmentedControl } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "./texts.ts";
import { queryClient } from "./client.ts";

/** Switches the page's language, and asks the server again for what it words itself. */
export function LanguageSwitch(): ReactElement {
  const { t } = useTexts();
  const [locale, setLocale] = useLocale();
  const router = useRouter();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("common:language.label")}
      value={locale}
      onChange={(next) => {
        setLocale(next === "en" ? "en" : "ja");
        void queryClient.invalidateQueries().then(() => router.invalidate());
      }}
      data={[
        { value: "ja", label: t("common:language.ja") },
        { value: "en", label: t("common:language.en") },
      ]}
    />
  );
}
