// What has come back of a receipt: when, which goods, what was paid back, and what it did to points.
import type { PurchaseDetail, PurchaseReturn } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { WhyLink } from "@enishi/ui/why.tsx";
import type { ReactElement } from "react";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { SignedPoints } from "../../shell/values.tsx";
import styles from "./returns.module.css";

interface ReturnsProps {
  purchase: PurchaseDetail;
  onWhy: (entryId: string) => void;
}

export function Returns({ purchase, onWhy }: ReturnsProps): ReactElement | null {
  const { t } = useTexts();
  if (purchase.returns.length === 0) return null;
  return (
    <section className={styles.returns}>
      <h3>{t("common:returns.title")}</h3>
      <ol>
        {purchase.returns.map((one) => (
          <li key={one.return_id}>
            <OneReturn one={one} purchase={purchase} onWhy={onWhy} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function OneReturn({ one, purchase, onWhy }: ReturnsProps & { one: PurchaseReturn }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const goods = one.lines.map(({ line, quantity }) => {
    const bought = purchase.lines[line - 1];
    const name = bought === undefined || bought.category === "" ? (bought?.sku ?? "") : bought.category;
    return t("common:returns.line", { name, n: formatCount(quantity) });
  });
  const kept = (
    [
      ["common:returns.pendingCancelled", one.pending_cancelled],
      ["common:returns.absorbed", one.points_absorbed],
      ["common:returns.lost", one.points_lost],
    ] as const
  ).filter(([, points]) => points > 0);
  return (
    <>
      <p className={styles.head}>
        <span className="enishi-figure">{formatDateTime(one.occurred_at, locale)}</span>
        <span>{one.store.name}</span>
      </p>
      <p>{goods.join(t("common:listSeparator"))}</p>
      <dl>
        <div>
          <dt>{t("common:returns.refund")}</dt>
          <dd className="enishi-figure">{formatYen(one.refund_yen)}</dd>
        </div>
        <div>
          <dt>{t("common:returns.payBack")}</dt>
          <dd className="enishi-figure">{formatYen(one.pay_back_yen)}</dd>
        </div>
        {one.entries.map((entry) => (
          <div key={entry.entry_id}>
            <dt>{t(entry.points < 0 ? "common:returns.takenBack" : "common:returns.givenBack")}</dt>
            <dd>
              <SignedPoints points={entry.points} />
              {may("points.read") && <WhyLink points={entry.points} onOpen={() => onWhy(entry.entry_id)} />}
            </dd>
          </div>
        ))}
        {kept.map(([name, points]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd className="enishi-figure">{formatPoints(points)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
