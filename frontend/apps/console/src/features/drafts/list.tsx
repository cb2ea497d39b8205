// Every draft of the configuration: what it changes, where it stands, and who changed it last.
import type { DraftBrief } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import listStyles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { StateFilter } from "../../shell/state-filter.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { StateChip } from "./parts.tsx";
import { DRAFT_STATES, type DraftState, useDrafts } from "./queries.ts";

export function DraftsPage(): ReactElement {
  const { t } = useTexts();
  const { state } = useSearch({ from: "/signed-in/drafts" });
  const { data, error, isError, refetch } = useDrafts();
  const shown = data?.drafts.filter((one) => state === undefined || one.state === state);
  return (
    <>
      <PageHead
        title={t("drafts.title")}
        meta={t("drafts.lead")}
        actions={
          data?.may_write === true && (
            <Button component={Link} to="/drafts/new">
              {t("drafts.create")}
            </Button>
          )
        }
      />
      <Card flush>
        {data === undefined && (isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />)}
        {data?.drafts.length === 0 && <Empty icon="approve" title={t("drafts.none")} hint={t("drafts.noneHint")} />}
        {data !== undefined && data.drafts.length > 0 && (
          <>
            <States chosen={state} drafts={data.drafts} />
            {shown?.length === 0 ? <Empty title={t("drafts.noneFound")} /> : <List drafts={shown ?? []} />}
          </>
        )}
      </Card>
    </>
  );
}

function States({ chosen, drafts }: { chosen: DraftState | undefined; drafts: DraftBrief[] }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/drafts" });
  return (
    <div className={listStyles.filters}>
      <StateFilter
        label={t("drafts.stateFilter")}
        all={t("drafts.all")}
        states={DRAFT_STATES}
        held={drafts.map((one) => one.state)}
        chosen={chosen}
        nameOf={(state) => t(`drafts.states.${state}`)}
        onChoose={(state) => void navigate({ search: { state }, replace: true })}
      />
    </div>
  );
}

function List({ drafts }: { drafts: DraftBrief[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <table className={listStyles.table} data-stacks>
      <thead>
        <tr>
          <th scope="col">{t("drafts.name")}</th>
          <th scope="col">{t("drafts.parts")}</th>
          <th scope="col">{t("drafts.state")}</th>
          <th scope="col">{t("drafts.when")}</th>
          <th scope="col">{t("drafts.changedAt")}</th>
        </tr>
      </thead>
      <tbody>
        {drafts.map((one) => (
          <tr key={one.draft}>
            <th scope="row" className={styles.what}>
              <div>
                <Link to="/drafts/$draft" params={{ draft: String(one.draft) }} className={styles.name}>
                  {one.title}
                </Link>
                <small>
                  {t("drafts.number", { n: one.draft })} · {t("drafts.revision", { n: one.revision })} ·{" "}
                  {t("drafts.by", { who: one.created_by })}
                </small>
              </div>
            </th>
            <td data-label={t("drafts.parts")}>
              {one.parts.map((part) => t(`drafts.partNames.${part}`)).join(t("common:listSeparator"))}
            </td>
            <td data-label={t("drafts.state")}>
              <StateChip state={one.state} />
            </td>
            <td data-label={t("drafts.when")}>
              <span className={styles.date}>
                {one.effective_at === null ? t("drafts.atApproval") : formatDateTime(one.effective_at, locale)}
              </span>
            </td>
            <td data-label={t("drafts.changedAt")}>
              <span className={styles.date}>{formatDateTime(one.changed_at, locale)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
