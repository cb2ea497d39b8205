// The customer's rank and the way to the next in one line; a press shows the conditions.
import { formatDayInSentence } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { Rank } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { deadlineOf, ManualBadge, RankChip, RankPanel, useGoalWords } from "@enishi/ui/rank.tsx";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { watched } from "../../shell/watched.ts";
import styles from "./rank-line.module.css";

export function RankLine({ customerId, online }: { customerId: string; online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { headline } = useGoalWords();
  const { data } = useQuery({
    queryKey: ["customer", customerId, "rank", locale],
    queryFn: () => watched<Rank | null>(`/api/counter/customers/${encodeURIComponent(customerId)}/rank`),
    enabled: online,
  });
  if (!data) return null;
  const { tier, next, override } = data;
  const by = next === null ? null : deadlineOf(next);
  return (
    <details className={styles.rank}>
      <summary>
        <span className={styles.held}>
          <RankChip tier={tier} large />
          {override !== null && <ManualBadge override={override} />}
        </span>
        <span className={styles.way}>
          {next === null ? t("common:ranks.top") : headline(next)}
          {by !== null && <small>{t("common:ranks.until", { date: formatDayInSentence(by, locale) })}</small>}
        </span>
        <span className={styles.more}>{t("rank.details")}</span>
        <Icon name="chevronDown" size={20} />
      </summary>
      <div className={styles.body}>
        <RankPanel rank={data} />
      </div>
    </details>
  );
}
