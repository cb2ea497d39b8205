// Who pays whom for points that one store issued and another redeemed.
import type { BooksSettlement, StoreRef } from "@enishi/api/types.ts";
import { formatCount, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { Empty } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./accounting.module.css";

const SHOWN = 20;

export function SettlementTable({ settlement }: { settlement: BooksSettlement }): ReactElement {
  const { t } = useTexts();
  const pairs = [...settlement.pairs].sort((one, other) => other.net_yen - one.net_yen);
  const name = (store: StoreRef): string => (store.code === "" ? t("accounting.settlement.headOffice") : store.name);
  return (
    <Card flush title={t("accounting.settlement.title")} note={t("accounting.settlement.note")}>
      {pairs.length === 0 ? (
        <Empty icon="store" title={t("accounting.settlement.none")} />
      ) : (
        <div className={styles.scroll} role="region" aria-label={t("accounting.settlement.title")} tabIndex={0}>
          <table className={styles.table} data-names={2}>
            <thead>
              <tr>
                <th scope="col">{t("accounting.settlement.debtor")}</th>
                <th scope="col">{t("accounting.settlement.creditor")}</th>
                <th scope="col">{t("accounting.settlement.points")}</th>
                <th scope="col">{t("accounting.settlement.back")}</th>
                <th scope="col">{t("accounting.settlement.net")}</th>
              </tr>
            </thead>
            <tbody>
              {pairs.slice(0, SHOWN).map((pair) => (
                <tr key={`${pair.debtor.code}→${pair.creditor.code}`}>
                  <th scope="row">{name(pair.debtor)}</th>
                  <td>{name(pair.creditor)}</td>
                  <td>{formatCount(pair.debtor_points)}</td>
                  <td>{formatCount(pair.creditor_points)}</td>
                  <td>{formatYen(pair.net_yen)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {pairs.length > SHOWN && (
            <p className={styles.more}>
              {t("accounting.settlement.more", { shown: SHOWN, all: formatCount(pairs.length) })}
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
