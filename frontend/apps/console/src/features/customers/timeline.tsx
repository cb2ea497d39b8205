// One customer's receipts and points, newest first, gathered by month. The filter is part of the address.
import type { Entry, PurchaseItem, Timeline, TimelineItem } from "@enishi/api/types.ts";
import { dayKey, formatDate, formatMonth, formatPoints, formatTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { lookOf } from "@enishi/ui/entry-look.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { WhyLink } from "@enishi/ui/why.tsx";
import { Button, SegmentedControl, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import type { TimelineFilter } from "../../shell/router.tsx";
import { useMay, useMe } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { ChannelName, SignedPoints } from "../../shell/values.tsx";
import { ReinstateModal } from "../adjusting/reinstate.tsx";
import { timelineCsvPath, useTimeline } from "./queries.ts";
import styles from "./timeline.module.css";

export function TimelineCard({ customerId }: { customerId: string }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const may = useMay();
  const me = useMe();
  const { type = "all" } = useSearch({ from: "/signed-in/customers/$customerId" });
  const choose = (value: string): void => {
    const next = value === "all" ? undefined : (value as TimelineFilter);
    void navigate({ to: ".", search: (now) => ({ ...now, type: next }), replace: true, resetScroll: false });
  };
  const scoped = me.roles.every((role) => role.stores !== null);
  return (
    <Card
      flush
      title={t("customer.timeline")}
      note={scoped ? t("customer.scoped") : undefined}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t("customer.filter")}
            value={type}
            onChange={choose}
            data={[
              { value: "all", label: t("customer.all") },
              { value: "purchases", label: t("customer.receipts") },
              { value: "points", label: t("customer.points") },
            ]}
          />
          {may("customers.export") && (
            <Button
              component="a"
              href={timelineCsvPath(customerId, type)}
              download
              variant="default"
              size="xs"
              leftSection={<Icon name="download" size={15} />}
            >
              {t("customer.csv")}
            </Button>
          )}
        </>
      }
    >
      {may("purchases.read") && <TimelineList customerId={customerId} type={type} />}
    </Card>
  );
}

function TimelineList({ customerId, type }: { customerId: string; type: TimelineFilter }): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useTimeline(
    customerId,
    type,
  );
  if (isPending) return <TimelineSkeleton />;
  if (data === undefined && isError) return <Failed error={error} onRetry={() => void refetch()} />;
  const months = byMonth(data?.pages ?? []);
  if (months.length === 0) return <Empty icon="receipt" title={t("customer.empty")} hint={t("customer.emptyHint")} />;
  return (
    <>
      {months.map(([month, items]) => (
        <Month key={month} month={month} items={items} />
      ))}
      <div className={styles.more}>
        {isError && <Failed error={error} onRetry={() => void fetchNextPage()} />}
        {hasNextPage ? (
          <Button variant="default" size="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("common:more")}
          </Button>
        ) : (
          <p>{t("customer.end")}</p>
        )}
      </div>
    </>
  );
}

function byMonth(pages: Timeline[]): [string, TimelineItem[]][] {
  const months = new Map<string, TimelineItem[]>();
  for (const item of pages.flatMap((page) => page.items)) {
    const month = dayKey(item.at).slice(0, 7);
    const items = months.get(month);
    if (items === undefined) months.set(month, [item]);
    else items.push(item);
  }
  return [...months];
}

function Month({ month, items }: { month: string; items: TimelineItem[] }): ReactElement {
  const [locale] = useLocale();
  return (
    <section>
      <h3 className={styles.month}>{formatMonth(`${month}-01`, locale)}</h3>
      <ol className={styles.items}>
        {items.map((item) =>
          item.item === "purchase" ? (
            <PurchaseRow key={item.purchase.purchase_id} item={item} />
          ) : (
            <EntryRow key={item.entry.entry_id} entry={item.entry} />
          ),
        )}
      </ol>
    </section>
  );
}

function useOpen(): { receipt: (id: string) => void; why: (id: string) => void } {
  const navigate = useNavigate();
  return {
    receipt: (id) => void navigate({ to: ".", search: (now) => ({ ...now, receipt: id }), resetScroll: false }),
    why: (id) => void navigate({ to: ".", search: (now) => ({ ...now, why: id }), resetScroll: false }),
  };
}

function Moment({ at }: { at: string }): ReactElement {
  const [locale] = useLocale();
  return (
    <time dateTime={at} className={`${styles.moment} enishi-figure`}>
      {formatDate(at, locale).replace(/^(\w+ )?\d{4}\//, "$1")}
      <small>{formatTime(at)}</small>
    </time>
  );
}

function PurchaseRow({ item }: { item: PurchaseItem }): ReactElement {
  const { t } = useTexts();
  const open = useOpen();
  const { purchase, entries } = item;
  return (
    <li className={styles.item}>
      <Moment at={purchase.occurred_at} />
      <span className={styles.icon} data-tone="receipt">
        <Icon name="receipt" size={17} />
      </span>
      <div className={styles.what}>
        <button type="button" className={styles.open} onClick={() => open.receipt(purchase.purchase_id)}>
          <span className="enishi-figure">{formatYen(purchase.total_yen)}</span>
          <span className={styles.store}>{purchase.store.name}</span>
        </button>
        <p className={styles.detail}>
          <ChannelName channel={purchase.channel} />
          <span className="enishi-figure">{t("receipt.lines", { n: purchase.lines_count })}</span>
          <span className={styles.external}>{purchase.external_id}</span>
          {purchase.merged && <span>{t("merging.receipt")}</span>}
          {item.returned_yen > 0 && (
            <span className={styles.returned}>{t("common:returns.yen", { amount: formatYen(item.returned_yen) })}</span>
          )}
        </p>
      </div>
      <div className={styles.moves}>
        {entries.map((entry) => (
          <Move key={entry.entry_id} entry={entry} onWhy={() => open.why(entry.entry_id)} />
        ))}
      </div>
    </li>
  );
}

function EntryRow({ entry }: { entry: Entry }): ReactElement {
  const { t, word } = useTexts();
  const open = useOpen();
  const look = lookOf(entry.type);
  return (
    <li className={styles.item}>
      <Moment at={entry.occurred_at} />
      <span className={styles.icon} data-tone={look.tone}>
        <Icon name={look.icon} size={17} />
      </span>
      <div className={styles.what}>
        <p className={styles.summary}>{entry.summary}</p>
        <p className={styles.detail}>
          <span>{word("common:entryType", entry.type)}</span>
          {entry.store !== null && <span>{entry.store.name}</span>}
          <span className="enishi-figure">{t("customer.balance", { points: formatPoints(entry.balance_after) })}</span>
        </p>
      </div>
      <div className={styles.moves}>
        <Move entry={entry} onWhy={() => open.why(entry.entry_id)} />
        {entry.type === "expire" && <Reinstate entry={entry} />}
      </div>
    </li>
  );
}

function Reinstate({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = useTexts();
  const may = useMay();
  const [opened, modal] = useDisclosure(false);
  if (!may("points.adjust")) return null;
  return (
    <>
      <Button variant="subtle" size="compact-xs" onClick={modal.open}>
        {t("adjusting.reinstate.action")}
      </Button>
      {opened && <ReinstateModal entry={entry} onClose={modal.close} />}
    </>
  );
}

function Move({ entry, onWhy }: { entry: Entry; onWhy: () => void }): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  return (
    <p className={styles.move}>
      {entry.kind === "limited" && <span className={styles.kind}>{t("common:kindShort.limited")}</span>}
      <SignedPoints points={entry.points} />
      {may("points.read") && <WhyLink points={entry.points} onOpen={onWhy} />}
    </p>
  );
}

function TimelineSkeleton(): ReactElement {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: 7 }, (_, row) => (
        <Skeleton key={row} height={38} />
      ))}
    </div>
  );
}
