// The newest receipts, as they come in. A row opens the receipt beside the page.
import type { Home } from "@enishi/api/types.ts";
import { formatYen } from "@enishi/i18n/format.ts";
import { Skeleton } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { DataTable } from "mantine-datatable";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import { Empty } from "../../shell/states.tsx";
import { ChannelName, SignedPoints, When } from "../../shell/values.tsx";
import styles from "./recent.module.css";

type Recent = Home["recent"][number];

export function RecentReceipts({ recent }: { recent: Recent[] | undefined }): ReactElement {
  const { t } = useTexts();
  return (
    <Card title={t("home.recent")} flush>
      {recent === undefined && (
        <div className={styles.skeletons}>
          {Array.from({ length: 6 }, (_, row) => (
            <Skeleton key={row} height={20} />
          ))}
        </div>
      )}
      {recent?.length === 0 && <Empty icon="receipt" title={t("home.noRecent")} />}
      {recent !== undefined && recent.length > 0 && <RecentTable recent={recent} />}
    </Card>
  );
}

function RecentTable({ recent }: { recent: Recent[] }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const open = (receipt: string): void => {
    void navigate({ to: ".", search: (now) => ({ ...now, receipt }) });
  };
  return (
    <DataTable
      idAccessor={({ purchase }) => purchase.purchase_id}
      records={recent}
      highlightOnHover
      verticalSpacing="xs"
      horizontalSpacing="lg"
      minHeight={120}
      onRowClick={({ record }) => open(record.purchase.purchase_id)}
      rowClassName={() => styles.row}
      columns={[
        {
          accessor: "time",
          title: t("receipt.time"),
          width: 120,
          render: ({ purchase }) => <When at={purchase.occurred_at} />,
        },
        {
          accessor: "customer",
          title: t("receipt.customer"),
          render: ({ customer }) => <CustomerLink customer={customer} />,
        },
        { accessor: "store", title: t("receipt.store"), render: ({ purchase }) => purchase.store.name },
        {
          accessor: "channel",
          title: t("receipt.channel"),
          width: 130,
          render: ({ purchase }) => <ChannelName channel={purchase.channel} />,
        },
        {
          accessor: "total",
          title: t("receipt.total"),
          width: 130,
          textAlign: "right",
          render: ({ purchase }) => (
            <button
              type="button"
              className={styles.total}
              onClick={(event) => {
                event.stopPropagation();
                open(purchase.purchase_id);
              }}
            >
              {formatYen(purchase.total_yen)}
            </button>
          ),
        },
        {
          accessor: "points",
          title: t("receipt.points"),
          width: 150,
          textAlign: "right",
          render: ({ purchase }) => <Moved earned={purchase.points_earned} used={purchase.points_used} />,
        },
      ]}
    />
  );
}

function CustomerLink({ customer }: { customer: Recent["customer"] }): ReactElement {
  const { t } = useTexts();
  if (customer === null) return <span className={styles.anonymous}>{t("receipt.anonymous")}</span>;
  return (
    <Link
      to="/customers/$customerId"
      params={{ customerId: customer.customer_id }}
      className={styles.customer}
      onClick={(event) => event.stopPropagation()}
    >
      {customer.name}
    </Link>
  );
}

function Moved({ earned, used }: { earned: number; used: number }): ReactElement {
  if (earned === 0 && used === 0) return <SignedPoints points={0} />;
  return (
    <span className={styles.moved}>
      {used !== 0 && <SignedPoints points={-used} />}
      {earned !== 0 && <SignedPoints points={earned} />}
    </span>
  );
}
