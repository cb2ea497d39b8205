// Receipts of terminals without a connection that used more points than their customer had.
import { formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListFoot, ListSkeleton } from "../../shell/list.tsx";
import styles from "../../shell/list.module.css";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { type OfflineSearch, useOverspends } from "./queries.ts";

export function Receipts({ search }: { search: OfflineSearch }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const navigate = useNavigate();
  const { data, error, isError, refetch, ...paging } = useOverspends(search);
  const receipts = data?.pages.flatMap((page) => page.receipts);
  return (
    <Card flush title={t("adjusting.offline.receipts")} note={t("adjusting.offline.receiptsNote")}>
      {receipts === undefined &&
        (isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton rows={3} />)}
      {receipts?.length === 0 && <Empty icon="check" title={t("adjusting.offline.noReceipts")} />}
      {receipts !== undefined && receipts.length > 0 && (
        <>
          <div className={styles.scroll} role="region" aria-label={t("adjusting.offline.receipts")} tabIndex={0}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t("adjusting.offline.at")}</th>
                  <th scope="col">{t("adjusting.offline.customer")}</th>
                  <th scope="col">{t("adjusting.offline.terminal")}</th>
                  <th scope="col" data-figure>
                    {t("adjusting.offline.used")}
                  </th>
                  <th scope="col" data-figure>
                    {t("adjusting.offline.owed")}
                  </th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {receipts.map((one) => (
                  <tr key={one.purchase_id}>
                    <td data-nowrap>{formatDateTime(one.occurred_at, locale)}</td>
                    <td>
                      {one.customer_name === null ? (
                        t("adjusting.expiring.unnamed", { id: one.customer_id.slice(-8) })
                      ) : (
                        <Link
                          to="/customers/$customerId"
                          params={{ customerId: one.customer_id }}
                          className={styles.link}
                        >
                          {one.customer_name}
                        </Link>
                      )}
                    </td>
                    <td>
                      {one.store.name}
                      <small>{one.terminal === "" ? t("adjusting.offline.noTerminal") : one.terminal}</small>
                    </td>
                    <td data-figure>{formatPoints(one.points)}</td>
                    <td data-figure data-danger="true">
                      {formatPoints(one.owed)}
                    </td>
                    <td>
                      {may("purchases.read") && (
                        <Button
                          size="xs"
                          variant="default"
                          onClick={() =>
                            void navigate({
                              to: ".",
                              search: (now) => ({ ...now, receipt: one.purchase_id }),
                              resetScroll: false,
                            })
                          }
                        >
                          {t("adjusting.states.receipt")}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <ListFoot {...paging} error={isError ? error : null} />
        </>
      )}
    </Card>
  );
}
