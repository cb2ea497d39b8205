// Who may adjust how many points, for which reasons, and who changed that when.
import type { PointsLimitChange, PointsLimits, PointsReasonSetting, RoleLimit } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import styles from "../../shell/list.module.css";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { LimitModal } from "./limit-form.tsx";
import { useLimits } from "./queries.ts";
import { ReasonModal } from "./reason-form.tsx";

export function LimitsPage(): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useLimits();
  return (
    <>
      <PageHead title={t("adjusting.limits.title")} meta={t("adjusting.limits.lead")} />
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {data !== undefined && (
        <div className={styles.page}>
          <Roles page={data} />
          <Reasons page={data} />
          <History history={data.history} />
        </div>
      )}
    </>
  );
}

const COLUMNS = ["alone_up_to", "points_each", "points_a_day"] as const;
const NAMES = { alone_up_to: "alone", points_each: "each", points_a_day: "day" } as const;

function Roles({ page }: { page: PointsLimits }): ReactElement {
  const { t } = useTexts();
  const [edited, setEdited] = useState<RoleLimit | null>(null);
  return (
    <Card flush title={t("adjusting.limits.limits")} note={t("adjusting.limits.limitsNote")}>
      <div className={styles.scroll}>
        <table className={styles.table} data-stacks>
          <thead>
            <tr>
              <th scope="col">{t("adjusting.limits.role")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" data-figure>
                  {t(`adjusting.limits.${NAMES[column]}`)}
                </th>
              ))}
              <th />
            </tr>
          </thead>
          <tbody>
            {page.roles.map((role) => (
              <tr key={role.role}>
                <th scope="row">
                  <div>
                    {role.name}
                    {!role.adjusts && <small>{t("adjusting.limits.noPermission")}</small>}
                    {role.adjusts && role.approves && <small>{t("adjusting.limits.approves")}</small>}
                  </div>
                </th>
                {COLUMNS.map((column) => (
                  <td key={column} data-figure data-label={t(`adjusting.limits.${NAMES[column]}`)}>
                    {role.limit === null ? "—" : formatPoints(role.limit[column])}
                  </td>
                ))}
                <td>
                  <div className={styles.buttons}>
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t(role.limit === null ? "adjusting.limits.addName" : "adjusting.limits.editName", {
                        name: role.name,
                      })}
                      onClick={() => setEdited(role)}
                    >
                      {t(role.limit === null ? "adjusting.limits.add" : "adjusting.limits.edit")}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {edited !== null && <LimitModal role={edited} onClose={() => setEdited(null)} />}
    </Card>
  );
}

function Reasons({ page }: { page: PointsLimits }): ReactElement {
  const { t } = useTexts();
  const [edited, setEdited] = useState<PointsReasonSetting | "new" | null>(null);
  const last = Math.max(0, ...page.reasons.map(({ position }) => position));
  return (
    <Card
      flush
      title={t("adjusting.limits.reasons")}
      note={t("adjusting.limits.reasonsNote")}
      actions={
        <Button size="xs" onClick={() => setEdited("new")}>
          {t("adjusting.limits.newReason")}
        </Button>
      }
    >
      <div className={styles.scroll}>
        <table className={styles.table} data-stacks>
          <thead>
            <tr>
              <th scope="col">{t("adjusting.limits.nameJa")}</th>
              <th scope="col">{t("adjusting.limits.nameEn")}</th>
              <th scope="col">{t("adjusting.limits.code")}</th>
              <th scope="col" data-figure>
                {t("adjusting.limits.position")}
              </th>
              <th />
            </tr>
          </thead>
          <tbody>
            {page.reasons.map((reason) => (
              <tr key={reason.code}>
                <th scope="row">
                  <span>
                    {reason.name_ja}{" "}
                    {reason.ended_at !== null && (
                      <span className={styles.chip} data-state="ended">
                        {t("adjusting.limits.ended")}
                      </span>
                    )}
                  </span>
                </th>
                <td data-label={t("adjusting.limits.nameEn")}>{reason.name_en}</td>
                <td data-label={t("adjusting.limits.code")}>
                  <code>{reason.code}</code>
                </td>
                <td data-figure data-label={t("adjusting.limits.position")}>
                  {formatCount(reason.position)}
                </td>
                <td>
                  <div className={styles.buttons}>
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`${t("adjusting.limits.editReason")}: ${reason.name_ja}`}
                      onClick={() => setEdited(reason)}
                    >
                      {t("adjusting.limits.edit")}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {edited !== null && (
        <ReasonModal reason={edited === "new" ? null : edited} position={last + 1} onClose={() => setEdited(null)} />
      )}
    </Card>
  );
}

function History({ history }: { history: PointsLimitChange[] }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const text = (value: string | number | boolean | null): string => {
    if (value === null) return "—";
    if (typeof value === "boolean") return t(value ? "adjusting.limits.yes" : "adjusting.limits.no");
    return typeof value === "number" ? formatCount(value) : value;
  };
  return (
    <Card flush title={t("adjusting.limits.history")}>
      {history.length === 0 ? (
        <Empty icon="history" title={t("adjusting.limits.noHistory")} />
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <tbody>
              {history.map((one, index) => (
                <tr key={`${one.at}-${index}`}>
                  <td data-nowrap>
                    {formatDateTime(one.at, locale)}
                    <small>{one.by}</small>
                  </td>
                  <td>
                    {t(`adjusting.limits.subjects.${one.subject}`)}
                    <small>{one.subject === "reason" ? one.target : word("common:role", one.target)}</small>
                  </td>
                  <td>
                    {one.changes.map(({ field, before, after }) => (
                      <div key={field}>
                        {t("adjusting.limits.change", {
                          field: word("adjusting.limits.fields", field),
                          before: text(before),
                          after: text(after),
                        })}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
