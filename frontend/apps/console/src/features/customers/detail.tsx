import type { Customer } from "@enishi/api/types.ts";
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { CopyButton, Skeleton, Tooltip, UnstyledButton } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { InventedChip } from "../../shell/values.tsx";
import { useMay } from "../../shell/session.ts";
import { PointsActions } from "../adjusting/actions.tsx";
import { useCustomerPoints } from "../adjusting/queries.ts";
import { FrozenBanner, StatesCard } from "../adjusting/states.tsx";
import { MergeBanners } from "../merging/banner.tsx";
import { useMerges } from "../merging/queries.ts";
import styles from "./detail.module.css";
import { PointsAtCard } from "../accounting/as-of.tsx";
import { LotsCard, Summary } from "./balance.tsx";
import { ProfileCard } from "./profile.tsx";
import { useCustomer } from "./queries.ts";
import { CustomerBookings } from "../reservations/customer-bookings.tsx";
import { CustomerRankCard, CustomerRankChip } from "../ranks/customer-rank.tsx";
import { CustomerReferralsCard } from "../referrals/customer-referrals.tsx";
import { TimelineCard } from "./timeline.tsx";

export function CustomerDetail(): ReactElement {
  const { t } = useTexts();
  const { customerId } = useParams({ from: "/signed-in/customers/$customerId" });
  const { data, error, isError, refetch } = useCustomer(customerId);
  return (
    <>
      <nav className={styles.trail}>
        <Link to="/customers">
          <Icon name="chevronLeft" size={15} />
          {t("customers.title")}
        </Link>
      </nav>
      {data === undefined && isError && (
        <Card>
          <Failed error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {data === undefined && !isError && <DetailSkeleton />}
      {data !== undefined && <Found customer={data} />}
    </>
  );
}

function Found({ customer }: { customer: Customer }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const { data: merges } = useMerges(customer.customer_id);
  // Whoever was merged into another has nothing left to move: that is the other's page.
  const merged = merges !== undefined && merges.merged_into !== null;
  const { data: points } = useCustomerPoints(customer.customer_id, may("points.read"));
  return (
    <>
      <PageHead
        title={customer.name}
        actions={merged ? undefined : <PointsActions customer={customer} points={points} />}
        meta={
          <>
            <CustomerRankChip customerId={customer.customer_id} />
            {customer.name_kana !== "" && <span>{customer.name_kana}</span>}
            <CustomerId id={customer.customer_id} />
            <span>{t("customer.joined", { date: formatDate(customer.joined_at, locale) })}</span>
            {customer.invented && <InventedChip />}
          </>
        }
      />
      <MergeBanners customerId={customer.customer_id} />
      {points?.frozen && <FrozenBanner frozen={points.frozen} />}
      <Summary customer={customer} points={points} />
      <div className={styles.columns}>
        <TimelineCard customerId={customer.customer_id} />
        <aside className={styles.aside}>
          <CustomerRankCard customerId={customer.customer_id} />
          {points !== undefined && <StatesCard points={points} />}
          <LotsCard balance={customer.balance} />
          {may("points.read") && <PointsAtCard customerId={customer.customer_id} />}
          <CustomerBookings customerId={customer.customer_id} />
          <CustomerReferralsCard customerId={customer.customer_id} />
          <ProfileCard customer={customer} />
        </aside>
      </div>
    </>
  );
}

function CustomerId({ id }: { id: string }): ReactElement {
  const { t } = useTexts();
  return (
    <CopyButton value={id} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("customer.copied") : t("common:copy")} openDelay={250}>
          <UnstyledButton className={styles.id} onClick={copy} aria-label={`${t("customer.id")} ${id} ${t("common:copy")}`}>
            {id}
            <Icon name={copied ? "check" : "copy"} size={14} />
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

function DetailSkeleton(): ReactElement {
  return (
    <div aria-hidden="true" className={styles.skeleton}>
      <Skeleton height={52} width="40%" />
      <Skeleton height={112} />
      <div className={styles.columns}>
        <Skeleton height={420} />
        <Skeleton height={300} />
      </div>
    </div>
  );
}
