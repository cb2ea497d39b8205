// A customer's rank on their page: the way to the next, and every change with its reason.
import type { CustomerRank, RankChange } from "@enishi/api/types.ts";
import { request } from "@enishi/api/client.ts";
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { RankBar, RankChip, RankDot, RankPanel, useGoalWords } from "@enishi/ui/rank.tsx";
import { Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { When } from "../../shell/values.tsx";
import styles from "./customer-rank.module.css";

function useCustomerRank(customerId: string) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["customers", customerId, "rank", locale],
    queryFn: ({ signal }) =>
      request<CustomerRank>(`/api/console/customers/${encodeURIComponent(customerId)}/rank`, { signal }),
  });
}

/** Beside the name: nothing without a ladder. */
export function CustomerRankChip({ customerId }: { customerId: string }): ReactElement | null {
  const { data } = useCustomerRank(customerId);
  return data?.rank ? <RankChip tier={data.rank.tier} /> : null;
}

export function CustomerRankCard({ customerId }: { customerId: string }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { headline } = useGoalWords();
  const [opened, drawer] = useDisclosure(false);
  const { data } = useCustomerRank(customerId);
  if (!data?.rank) return null;
  const { rank, changes } = data;
  return (
    <Card
      title={t("common:ranks.title")}
      actions={
        <button type="button" className={styles.why} onClick={drawer.open}>
          {t("rank.why")}
        </button>
      }
    >
      <div className={styles.rank}>
        <RankChip tier={rank.tier} large />
        {rank.next === null ? <p>{t("common:ranks.top")}</p> : <p className={styles.sentence}>{headline(rank.next)}</p>}
        {rank.next !== null && <RankBar rank={rank} goal={rank.next} />}
        {rank.keep !== null && (
          <p className={styles.quiet}>
            {headline(rank.keep, true)}
            {!rank.keep.met && rank.keep.by !== null && ` · ${t("common:ranks.until", { date: formatDate(rank.keep.by, locale) })}`}
          </p>
        )}
      </div>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        position="right"
        size={460}
        title={t("common:ranks.title")}
        closeButtonProps={{ "aria-label": t("common:close") }}
        padding="lg"
      >
        <div className={styles.drawer}>
          <RankPanel rank={rank} />
          <section>
            <h3>{t("rank.history")}</h3>
            {changes.length === 0 && <p className={styles.quiet}>{t("rank.none")}</p>}
            <ol className={styles.history}>
              {changes.map((change) => (
                <Change key={change.seq} change={change} />
              ))}
            </ol>
          </section>
        </div>
      </Drawer>
    </Card>
  );
}

function Change({ change }: { change: RankChange }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <li>
      <p className={styles.step}>
        <span>
          {change.from_tier !== null && <RankDot tier={change.from_tier} />}
          {change.from_tier?.name ?? change.from_code}
          <Icon name="chevronRight" size={14} />
          {change.to_tier !== null && <RankDot tier={change.to_tier} />}
          {change.to_tier?.name ?? change.to_code}
        </span>
        <When at={change.effective_at} />
      </p>
      <p>{change.cause_text}</p>
      {change.reason !== "" && <p>{t("rank.reason", { reason: change.reason })}</p>}
      <p className={styles.quiet}>
        {[
          change.actor === "system" ? null : t("rank.by", { who: change.actor }),
          change.keep_until === null ? null : t("rank.keepUntil", { date: formatDate(change.keep_until, locale) }),
          t("rank.version", { n: change.ladder }),
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </p>
      {change.ways.length > 0 && <Basis change={change} />}
    </li>
  );
}

/** What was found and needed on the day that counted, by each alternative. */
function Basis({ change }: { change: RankChange }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <details className={styles.basis}>
      <summary>
        {t("rank.why")} <small>{t("rank.looked", { date: formatDate(change.looks_at, locale) })}</small>
      </summary>
      <ul>
        {change.ways.map((way, index) => (
          <li key={`${index}-${way[0]?.label ?? ""}`}>
            {way.map((one) => (
              <p key={one.label} data-fulfilled={one.fulfilled}>
                <Icon name={one.fulfilled ? "check" : "close"} size={14} />
                <span>
                  {one.label}
                  <small className="enishi-figure">
                    {t("rank.found", { found: one.found_text })}
                    {one.begins !== null && ` · ${t("rank.begins", { date: formatDate(one.begins, locale) })}`}
                    {!one.fulfilled && ` · ${t("rank.missed")}`}
                  </small>
                </span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
