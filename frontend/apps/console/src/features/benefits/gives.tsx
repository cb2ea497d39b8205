// How often each benefit was given, by store, and the newest marks.
import { formatCount, formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import table from "../../shell/list.module.css";
import { Card } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useGives } from "./queries.ts";

export function Gives(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data, error, isError, refetch } = useGives();
  if (data === undefined) {
    return <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>;
  }
  if (data.newest.length === 0) {
    return (
      <Card>
        <Empty icon="gift" title={t("benefits.givesNone")} />
      </Card>
    );
  }
  return (
    <div className={table.page}>
      <Card flush title={t("benefits.givesTitle")}>
        <div className={table.scroll}>
          <table className={table.table} data-stacks>
            <thead>
              <tr>
                <th scope="col">{t("benefits.title")}</th>
                <th scope="col">{t("benefits.store")}</th>
                <th scope="col" data-figure>
                  {t("benefits.given")}
                </th>
                <th scope="col" data-figure>
                  {t("benefits.undone")}
                </th>
              </tr>
            </thead>
            <tbody>
              {data.counts.map((one) => (
                <tr key={`${one.benefit}-${one.store.code}`}>
                  <th scope="row">{one.name}</th>
                  <td data-label={t("benefits.store")}>{one.store.name}</td>
                  <td data-figure data-label={t("benefits.given")}>
                    {formatCount(one.given)}
                  </td>
                  <td data-figure data-label={t("benefits.undone")}>
                    {formatCount(one.undone)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <Card flush title={t("benefits.newest")}>
        <div className={table.scroll}>
          <table className={table.table} data-stacks>
            <thead>
              <tr>
                <th scope="col">{t("benefits.at")}</th>
                <th scope="col">{t("benefits.title")}</th>
                <th scope="col">{t("benefits.store")}</th>
                <th scope="col">{t("benefits.by")}</th>
                <th scope="col">{t("benefits.customer")}</th>
              </tr>
            </thead>
            <tbody>
              {data.newest.map((one) => (
                <tr key={one.give_id}>
                  <th scope="row">{formatDateTime(one.given_at, locale)}</th>
                  <td data-label={t("benefits.title")}>
                    {one.undone_at === null ? one.name : <del>{one.name}</del>}
                    {one.undone_at !== null && <div>{t("benefits.undoneBecause", { reason: one.undo_reason })}</div>}
                  </td>
                  <td data-label={t("benefits.store")}>{one.store.name}</td>
                  <td data-label={t("benefits.by")}>{one.given_by}</td>
                  <td data-label={t("benefits.customer")}>
                    <Link to="/customers/$customerId" params={{ customerId: one.customer_id }} search={{}}>
                      {t("benefits.customer")}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </div>
  );
}
