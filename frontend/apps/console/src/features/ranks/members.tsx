// Who holds a rank: since when, and until when it is kept.
import { formatCount, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { RankDot } from "@enishi/ui/rank.tsx";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import table from "../../shell/list.module.css";
import { CsvLink, ListFoot, ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMayOpen } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { membersCsv, useRanks, useTierMembers } from "./queries.ts";
import styles from "./ranks.module.css";

export function RankMembersPage(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { code } = useParams({ from: "/signed-in/ranks/$code" });
  const mayExport = useMayOpen()({ permission: "customers.export", everywhere: true });
  const ranks = useRanks();
  const found = ranks.data?.tiers.find(({ tier }) => tier.code === code);
  const lowest = found?.tier.level === 0;
  const { data, error, isError, refetch, ...pages } = useTierMembers(code, ranks.data !== undefined && !lowest);
  const members = data?.pages.flatMap((page) => page.members) ?? [];
  const trouble = ranks.isError ? ranks : isError && data === undefined ? { error, refetch } : null;
  return (
    <>
      <nav className={styles.trail}>
        <Link to="/ranks">
          <Icon name="chevronLeft" size={15} />
          {t("ranks.back")}
        </Link>
      </nav>
      <PageHead
        title={t("ranks.memberTitle", { tier: found?.tier.name ?? code })}
        meta={
          found !== undefined && (
            <>
              <RankDot tier={found.tier} /> {t("ranks.memberCount", { n: formatCount(found.members) })}
            </>
          )
        }
        actions={mayExport && members.length > 0 && <CsvLink href={membersCsv(code)} />}
      />
      <Card flush>
        {trouble !== null && <Failed error={trouble.error} onRetry={() => void trouble.refetch()} />}
        {trouble === null && ranks.data !== undefined && lowest && <Empty icon="customers" title={t("ranks.memberLowest")} />}
        {trouble === null && !lowest && data === undefined && <ListSkeleton />}
        {data !== undefined && members.length === 0 && (
          <Empty
            icon="customers"
            title={t("ranks.memberNone")}
            hint={t(found === undefined ? "ranks.noTier" : "ranks.memberNoneHint")}
          />
        )}
        {members.length > 0 && (
          <>
            <div className={table.scroll}>
              <table className={table.table} data-stacks>
                <thead>
                  <tr>
                    <th scope="col">{t("ranks.memberName")}</th>
                    <th scope="col">{t("ranks.memberSince")}</th>
                    <th scope="col">{t("ranks.memberKeep")}</th>
                  </tr>
                </thead>
                <tbody>
                  {members.map((one) => (
                    <tr key={one.customer_id}>
                      <th scope="row">
                        <Link
                          className={table.link}
                          to="/customers/$customerId"
                          params={{ customerId: one.customer_id }}
                          search={{}}
                        >
                          {one.name === "" ? one.customer_id.slice(-12) : one.name}
                        </Link>
                      </th>
                      <td data-label={t("ranks.memberSince")}>{formatDate(one.since, locale)}</td>
                      <td data-label={t("ranks.memberKeep")}>
                        {one.keep_until === null ? t("ranks.memberForever") : formatDate(one.keep_until, locale)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <ListFoot {...pages} error={isError ? error : null} />
          </>
        )}
      </Card>
    </>
  );
}
