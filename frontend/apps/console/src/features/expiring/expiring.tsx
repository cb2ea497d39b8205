// What is about to expire: by day over all members, and whose it is.
import type { Expiring } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, NativeSelect } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { CsvLink, ListFoot, ListSkeleton } from "../../shell/list.tsx";
import styles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { barsOf, highest } from "./bars.ts";
import own from "./expiring.module.css";
import { expiringCsvPath, PERIODS, useExpiring } from "./queries.ts";

const DEFAULT_DAYS = 30;

export function ExpiringPage(): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const search = useSearch({ from: "/signed-in/expiring" });
  const filter = { days: search.days ?? DEFAULT_DAYS, on: search.on };
  const { data, error, isError, isPlaceholderData, refetch, ...paging } = useExpiring(filter);
  const [page] = data?.pages ?? [];
  return (
    <>
      <PageHead
        title={t("adjusting.expiring.title")}
        meta={t("adjusting.expiring.lead")}
        actions={
          <>
            <Period days={filter.days} />
            {may("customers.export") && <CsvLink href={expiringCsvPath(filter)} />}
          </>
        }
      />
      {page === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {page !== undefined && (
        <div className={styles.page} aria-busy={isPlaceholderData}>
          <Days page={page} on={filter.on} />
          {page.days.length > 0 && (
            <Members
              members={data?.pages.flatMap(({ members }) => members) ?? []}
              on={filter.on}
              foot={<ListFoot {...paging} error={isError ? error : null} />}
            />
          )}
        </div>
      )}
    </>
  );
}

function Period({ days }: { days: number }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/expiring" });
  const choices = [...new Set([...PERIODS, days])].sort((one, other) => one - other);
  return (
    <NativeSelect
      size="sm"
      aria-label={t("adjusting.expiring.days")}
      value={String(days)}
      onChange={({ currentTarget: { value } }) =>
        void navigate({ search: { days: Number(value) === DEFAULT_DAYS ? undefined : Number(value) } })
      }
      data={choices.map((n) => ({ value: String(n), label: t("adjusting.expiring.daysValue", { n }) }))}
    />
  );
}

function Days({ page, on }: { page: Expiring; on: string | undefined }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const navigate = useNavigate({ from: "/expiring" });
  const bars = barsOf(page.first, page.last, page.days);
  const top = highest(bars);
  const period = t("adjusting.expiring.period", {
    first: formatDate(page.first, locale),
    last: formatDate(page.last, locale),
  });
  if (page.days.length === 0) {
    return (
      <Card>
        <Empty icon="check" title={t("adjusting.expiring.empty")} hint={period} />
      </Card>
    );
  }
  return (
    <Card flush title={t("adjusting.expiring.total")} note={period}>
      <div className={own.sum}>
        <p className={`${own.total} enishi-figure`}>{formatPoints(page.points)}</p>
        <div className={own.chart} aria-hidden="true">
          {bars.map((bar) => (
            <div key={bar.on} className={own.bar} data-chosen={bar.on === on}>
              {(["limited", "regular"] as const).map(
                (kind) =>
                  bar[kind] > 0 && (
                    <span
                      key={kind}
                      data-kind={kind}
                      title={`${formatDate(bar.on, locale)} ${formatPoints(bar[kind])}`}
                      style={{ height: `${(bar[kind] / top) * 100}%` }}
                    />
                  ),
              )}
            </div>
          ))}
        </div>
        <p className={own.ends} aria-hidden="true">
          <span>{formatDate(page.first, locale)}</span>
          <span>{formatDate(page.last, locale)}</span>
        </p>
      </div>
      <div className={own.days} role="region" aria-label={t("adjusting.expiring.chart")} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("adjusting.expiring.day")}</th>
              <th scope="col">{t("adjusting.expiring.kind")}</th>
              <th scope="col" data-figure>
                {t("adjusting.expiring.members")}
              </th>
              <th scope="col" data-figure>
                {t("adjusting.expiring.points")}
              </th>
            </tr>
          </thead>
          <tbody>
            {page.days.map((day) => (
              <tr key={`${day.expires_on}-${day.kind}`} data-chosen={day.expires_on === on}>
                <td data-nowrap>
                  <button
                    type="button"
                    aria-label={t("adjusting.expiring.choose", { date: formatDate(day.expires_on, locale) })}
                    onClick={() =>
                      void navigate({ search: (now) => ({ ...now, on: day.expires_on }), resetScroll: false })
                    }
                  >
                    {formatDate(day.expires_on, locale)}
                  </button>
                </td>
                <td data-nowrap>
                  <span className={own.kind} data-kind={day.kind}>
                    {t(`common:kindShort.${day.kind}`)}
                  </span>
                </td>
                <td data-figure>{formatCount(day.members)}</td>
                <td data-figure data-strong>
                  {formatPoints(day.points)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface MembersProps {
  members: Expiring["members"];
  on: string | undefined;
  foot: ReactElement;
}

function Members({ members, on, foot }: MembersProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const navigate = useNavigate({ from: "/expiring" });
  return (
    <Card
      flush
      title={
        on === undefined
          ? t("adjusting.expiring.list")
          : t("adjusting.expiring.listOf", { date: formatDate(on, locale) })
      }
      note={t("adjusting.expiring.listNote")}
      actions={
        on !== undefined && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => void navigate({ search: (now) => ({ ...now, on: undefined }), resetScroll: false })}
          >
            {t("adjusting.expiring.clear")}
          </Button>
        )
      }
    >
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("adjusting.expiring.member")}</th>
              <th scope="col">{t("adjusting.expiring.first")}</th>
              <th scope="col" data-figure>
                {t("adjusting.expiring.points")}
              </th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.customer_id}>
                <td>
                  {member.name === null ? (
                    t("adjusting.expiring.unnamed", { id: member.customer_id.slice(-8) })
                  ) : (
                    <Link
                      to="/customers/$customerId"
                      params={{ customerId: member.customer_id }}
                      className={styles.link}
                    >
                      {member.name}
                    </Link>
                  )}
                </td>
                <td data-nowrap>{formatDate(member.first_on, locale)}</td>
                <td data-figure data-strong>
                  {formatPoints(member.points)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {foot}
    </Card>
  );
}
