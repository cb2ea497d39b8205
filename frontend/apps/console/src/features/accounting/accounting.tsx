// The books of a month: what is owed for points, how it moved, who settles with whom, and the close.
import type { Books, BooksStatement } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatMonth, formatPercent, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Menu, NativeSelect, Skeleton } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./accounting.module.css";
import { BooksAsOfCard } from "./as-of.tsx";
import { CloseButton } from "./close.tsx";
import { FiguresCard } from "./figures.tsx";
import { MovementTable } from "./movement.tsx";
import { sheetPath, useBooks } from "./queries.ts";
import { SettingsCard } from "./settings.tsx";
import { SettlementTable } from "./settlement.tsx";

export function AccountingPage(): ReactElement {
  const { t } = useTexts();
  const { month } = useSearch({ from: "/signed-in/accounting" });
  const { data, error, isError, isPlaceholderData, refetch } = useBooks(month);
  const may = useMay();
  return (
    <>
      <PageHead
        title={t("accounting.title")}
        meta={data?.statement && <State statement={data.statement} />}
        actions={
          data?.statement && (
            <>
              <MonthChoice books={data} statement={data.statement} />
              <Downloads statement={data.statement} />
              {may("accounting.close") && <CloseButton books={data} />}
            </>
          )
        }
      />
      {isError && (
        <Card>
          <Failed error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {data === undefined && !isError && <PageSkeleton />}
      {data !== undefined && !isError && (
        <div className={styles.page} aria-busy={isPlaceholderData}>
          <Found books={data} />
        </div>
      )}
    </>
  );
}

function Found({ books }: { books: Books }): ReactElement {
  const { t } = useTexts();
  const { statement, settlement } = books;
  if (statement === null || settlement === null) {
    return (
      <>
        <Card>
          <Empty icon="books" title={t("accounting.empty")} hint={t("accounting.emptyHint")} />
        </Card>
        <SettingsCard books={books} />
      </>
    );
  }
  return (
    <>
      <Kpis statement={statement} />
      <MovementTable statement={statement} />
      <div className={styles.columns}>
        <SettlementTable settlement={settlement} />
        <div className={styles.column}>
          <Estimates statement={statement} />
          <BooksAsOfCard />
          <SettingsCard books={books} />
        </div>
      </div>
      <FiguresCard books={books} />
    </>
  );
}

function State({ statement }: { statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  if (statement.closed_at !== null) {
    const date = formatDateTime(statement.closed_at, locale);
    return (
      <span className={styles.state} data-closed="true">
        <Icon name="check" size={15} />
        {t("accounting.closedOn", { date, who: statement.closed_by })}
      </span>
    );
  }
  const several = statement.since !== statement.month;
  return (
    <span className={styles.state}>
      {several ? t("accounting.draftSince", { since: formatMonth(statement.since, locale) }) : t("accounting.draft")}
    </span>
  );
}

function MonthChoice({ books, statement }: { books: Books; statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const navigate = useNavigate({ from: "/accounting" });
  return (
    <NativeSelect
      aria-label={t("accounting.month")}
      size="sm"
      value={statement.month}
      onChange={({ currentTarget }) => void navigate({ search: { month: currentTarget.value } })}
      data={[...books.months].reverse().map(({ month, closed_at }) => ({
        value: month,
        label: formatMonth(month, locale) + (closed_at === null ? ` · ${t("accounting.open")}` : ""),
      }))}
    />
  );
}

function Downloads({ statement }: { statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  return (
    <Menu position="bottom-end" shadow="lg" radius="md">
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<Icon name="download" size={16} />}>
          {t("accounting.csv.label")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["movement", "settlement", "journal", "figures"] as const).map((sheet) => (
          <Menu.Item
            key={sheet}
            component="a"
            href={sheetPath(sheet, statement.month)}
            download
            disabled={sheet === "journal" && statement.closed_at === null}
          >
            {t(`accounting.csv.${sheet}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const MONEY = ["contract_liability_yen", "provision_yen"] as const;
const POINTS = ["points_outstanding", "points_issued", "points_used", "points_lapsed"] as const;

function Kpis({ statement }: { statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  const cells = [
    ...MONEY.map((name) => ({ name, value: formatYen(statement.kpis[name]) })),
    ...POINTS.map((name) => ({ name, value: formatPoints(statement.kpis[name]) })),
  ];
  return (
    <dl className={styles.kpis}>
      {cells.map(({ name, value }) => (
        <div key={name}>
          <dt>{t(`accounting.kpi.${name}`)}</dt>
          <dd className="enishi-figure">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Estimates({ statement }: { statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  return (
    <Card title={t("accounting.estimate.title")}>
      <ul className={styles.estimates}>
        {statement.estimates.map((one) => (
          <li key={one.point_class}>
            <span>{t(`accounting.pointClass.${one.point_class}`)}</span>
            <strong className="enishi-figure">{one.months_of_history === 0 ? "—" : formatPercent(Number(one.use_rate))}</strong>
            <small>
              {t(one.from_history ? "accounting.estimate.history" : "accounting.estimate.fallback", {
                months: formatCount(one.months_of_history),
              })}
            </small>
            <small>
              {one.back_test_error_percent === null
                ? t("accounting.estimate.noBackTest")
                : `${t("accounting.estimate.backTest", { months: one.back_test_months })}: ${one.back_test_error_percent}%`}
            </small>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function PageSkeleton(): ReactElement {
  return (
    <div className={styles.page} aria-hidden="true">
      <Skeleton height={84} />
      <Skeleton height={320} />
      <Skeleton height={240} />
    </div>
  );
}
