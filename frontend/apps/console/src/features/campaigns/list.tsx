// Every campaign: what it is, what it does, what it gave so far and what is left of its budget.
import type { CampaignBrief } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, TextInput } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import listStyles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { StateFilter } from "../../shell/state-filter.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./campaigns.module.css";
import { Budget, StateChip } from "./parts.tsx";
import { CAMPAIGN_STATES, type CampaignsSearch, useCampaigns } from "./queries.ts";
import { CampaignTabs } from "./tabs.tsx";

export function CampaignsPage(): ReactElement {
  const { t } = useTexts();
  const { state, find } = useSearch({ from: "/signed-in/campaigns" });
  const { data, error, isError, refetch } = useCampaigns();
  const wanted = (find ?? "").trim().toLowerCase();
  const named = data?.campaigns.filter(({ name, code }) => `${name} ${code}`.toLowerCase().includes(wanted));
  const shown = named?.filter((one) => state === undefined || one.state === state);
  return (
    <>
      <PageHead
        title={t("campaigns.title")}
        meta={t("campaigns.lead")}
        actions={
          data?.may_write === true && (
            <Button component={Link} to="/campaigns/_new">
              {t("campaigns.create")}
            </Button>
          )
        }
      />
      <CampaignTabs here="list" />
      <Card flush>
        {data === undefined && (isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />)}
        {data?.campaigns.length === 0 && (
          <Empty icon="campaign" title={t("campaigns.none")} hint={t("campaigns.noneHint")} />
        )}
        {data !== undefined && data.campaigns.length > 0 && (
          <>
            <Filters search={{ state, find }} campaigns={named ?? []} />
            {shown?.length === 0 ? <Empty title={t("campaigns.noneFound")} /> : <List campaigns={shown ?? []} />}
          </>
        )}
      </Card>
    </>
  );
}

function Filters({ search, campaigns }: { search: CampaignsSearch; campaigns: CampaignBrief[] }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/campaigns" });
  const choose = (part: CampaignsSearch): void => {
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  };
  return (
    <div className={listStyles.filters}>
      <StateFilter
        label={t("campaigns.stateFilter")}
        all={t("campaigns.all")}
        states={CAMPAIGN_STATES}
        held={campaigns.map((one) => one.state)}
        chosen={search.state}
        nameOf={(state) => t(`campaigns.states.${state}`)}
        onChoose={(state) => choose({ state })}
      />
      <TextInput
        size="sm"
        type="search"
        aria-label={t("campaigns.search")}
        placeholder={t("campaigns.search")}
        leftSection={<Icon name="search" size={16} />}
        value={search.find ?? ""}
        onChange={({ currentTarget }) => choose({ find: currentTarget.value === "" ? undefined : currentTarget.value })}
      />
    </div>
  );
}

function List({ campaigns }: { campaigns: CampaignBrief[] }): ReactElement {
  const { t } = useTexts();
  return (
    <table className={listStyles.table} data-stacks>
      <thead>
        <tr>
          <th scope="col">{t("campaigns.name")}</th>
          <th scope="col">{t("campaigns.state")}</th>
          <th scope="col">{t("campaigns.period")}</th>
          <th scope="col" data-figure>
            {t("campaigns.given")}
          </th>
          <th scope="col">{t("campaigns.budget")}</th>
        </tr>
      </thead>
      <tbody>
        {campaigns.map((one) => (
          <Row key={one.code} one={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one }: { one: CampaignBrief }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const approved = one.state !== "draft" && one.state !== "in_review";
  const second = approved && (one.in_review ? "alsoReview" : one.has_draft && "alsoDraft");
  return (
    <tr>
      <th scope="row" className={styles.what}>
        <div>
          <Link to="/campaigns/$code" params={{ code: one.code }} className={styles.name}>
            {one.name}
          </Link>
          <small>{one.summary}</small>
          {one.invented && <small>{t("campaigns.invented")}</small>}
        </div>
      </th>
      <td data-label={t("campaigns.state")}>
        <div className={styles.chips}>
          <StateChip state={one.state} />
          {second !== false && <small>{t(`campaigns.${second}`)}</small>}
        </div>
      </td>
      <td data-label={t("campaigns.period")}>
        <div className={styles.whole}>
          {formatDateTime(one.starts_at, locale)}
          <small>– {formatDateTime(one.ends_at, locale)}</small>
        </div>
      </td>
      <td data-figure data-label={t("campaigns.given")}>
        <div>
          {formatPoints(one.figures.points)}
          <small className={styles.whole}>
            {t("campaigns.receipts")} {formatCount(one.figures.receipts)}
          </small>
        </div>
      </td>
      <td data-label={t("campaigns.budget")}>
        <Budget figures={one.figures} />
      </td>
    </tr>
  );
}
