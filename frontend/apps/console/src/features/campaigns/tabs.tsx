// The two views of campaigns, each with an address of its own.
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./campaigns.module.css";

export function CampaignTabs({ here }: { here: "list" | "calendar" }): ReactElement {
  const { t } = useTexts();
  return (
    <nav className={styles.tabs} aria-label={t("campaigns.title")}>
      <Link to="/campaigns" activeOptions={{ exact: true, includeSearch: false }} aria-current={here === "list" ? "page" : undefined}>
        {t("campaigns.tabs.list")}
      </Link>
      <Link to="/campaigns/_calendar" aria-current={here === "calendar" ? "page" : undefined}>
        {t("campaigns.tabs.calendar")}
      </Link>
    </nav>
  );
}
