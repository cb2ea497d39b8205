// A customer's referrals on their page: who brought them, whom they brought, and what has come of it.
import type { CustomerReferrals, ReferralShown } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import styles from "./customer-referrals.module.css";
import { useCustomerReferrals } from "./queries.ts";

export function CustomerReferralsCard({ customerId }: { customerId: string }): ReactElement | null {
  const may = useMay();
  return may("referrals.read") ? <Found customerId={customerId} /> : null;
}

/** Nothing where there is nothing to tell: most customers take no part. */
function Found({ customerId }: { customerId: string }): ReactElement | null {
  const { t } = useTexts();
  const { data } = useCustomerReferrals(customerId);
  if (data === undefined || (data.referred_by === null && data.referred.length === 0)) return null;
  return (
    <Card title={t("ownReferrals.title")} actions={<Link to="/referrals">{t("ownReferrals.more")}</Link>}>
      <Sides found={data} />
    </Card>
  );
}

function Sides({ found }: { found: CustomerReferrals }): ReactElement {
  const { t } = useTexts();
  const { referred_by, referred } = found;
  return (
    <div className={styles.sides}>
      <section>
        <h3>{t("ownReferrals.by")}</h3>
        {referred_by === null ? (
          <p className={styles.quiet}>{t("ownReferrals.nobody")}</p>
        ) : (
          <ul>
            <One referral={referred_by} other={referred_by.referrer} points={referred_by.referee_points} />
          </ul>
        )}
      </section>
      <section>
        <h3>
          {t("ownReferrals.referred")}
          {referred.length > 0 && <small>{t("ownReferrals.count", { n: formatCount(referred.length) })}</small>}
        </h3>
        {referred.length === 0 ? (
          <p className={styles.quiet}>{t("ownReferrals.none")}</p>
        ) : (
          <ul>
            {referred.map((one) => (
              <One key={one.referral_id} referral={one} other={one.referee} points={one.referrer_points} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

interface OneProps {
  referral: ReferralShown;
  other: ReferralShown["referrer"];
  /** What the customer of this page got. */
  points: number;
}

function One({ referral, other, points }: OneProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <li>
      <Link to="/customers/$customerId" params={{ customerId: other.customer_id }} search={{}}>
        {other.name === "" ? other.customer_id.slice(-8) : other.name}
      </Link>
      <span className={styles.state} data-state={referral.state}>
        {t(`referrals.states.${referral.state}`)}
      </span>
      <small>
        {formatDate(referral.claimed_at, locale)}
        {points > 0 && ` · ${t("ownReferrals.points", { points: formatPoints(points) })}`}
      </small>
    </li>
  );
}
