// One campaign: its rules in sentences, what it gave, the law on premiums, what can be done with it, and its history.
import type { Campaign, CampaignVersion } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import listStyles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./campaigns.module.css";
import { DeedModal } from "./deed.tsx";
import { Differences, History } from "./history.tsx";
import { Budget, Premiums, Problems, StateChip } from "./parts.tsx";
import { type CampaignDeed, useCampaign } from "./queries.ts";

export function CampaignPage(): ReactElement {
  const { t } = useTexts();
  const { code } = useParams({ from: "/signed-in/campaigns/$code" });
  const { data, error, isError, refetch } = useCampaign(code);
  if (data !== undefined) return <One campaign={data} />;
  return (
    <>
      <PageHead title={t("campaigns.title")} />
      <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
    </>
  );
}

function One({ campaign }: { campaign: Campaign }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { current, draft, check } = campaign;
  const name = locale === "ja" ? current.rules.name_ja : current.rules.name_en;
  const only = draft !== null && draft.version === current.version;
  return (
    <>
      <PageHead
        title={name}
        meta={
          <>
            <Link to="/campaigns">{t("campaigns.back")}</Link>
            <code>{campaign.code}</code>
            <StateChip state={campaign.state} />
            {current.rules.invented && <span>{t("campaigns.invented")}</span>}
          </>
        }
        actions={<Actions campaign={campaign} />}
      />
      <div className={styles.page}>
        <Figures campaign={campaign} />
        <div className={styles.columns}>
          <div className={styles.page}>
            <Version title={t("campaigns.rules")} version={current} />
            {draft !== null && !only && (
              <Version
                title={t("campaigns.draftRules", { n: draft.version })}
                note={t("campaigns.draftLead")}
                version={draft}
              >
                {campaign.differences.length > 0 && (
                  <>
                    <h3 className={styles.small}>{t("campaigns.changes")}</h3>
                    <Differences differences={campaign.differences} />
                  </>
                )}
              </Version>
            )}
            <Card title={t("campaigns.premium")} note={t("campaigns.premiumHint")}>
              <Premiums premiums={check.premiums} />
            </Card>
            {check.problems.length > 0 && campaign.state !== "ended" && (
              <Alert color="red" title={t("campaigns.problems")}>
                <Problems problems={check.problems} />
              </Alert>
            )}
          </div>
          <Card title={t("campaigns.history")} note={t("campaigns.historyHint")}>
            <History log={campaign.log} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Actions({ campaign }: { campaign: Campaign }): ReactElement {
  const { t } = useTexts();
  const mayReview = useMay()("campaigns.review");
  const [deed, setDeed] = useState<CampaignDeed | null>(null);
  const can: Record<CampaignDeed, boolean> = {
    submit: campaign.may_submit,
    withdraw: campaign.in_review && campaign.may_edit,
    reject: campaign.may_decide,
    approve: campaign.may_decide,
    pause: campaign.may_pause,
    resume: campaign.may_resume,
    end: campaign.may_end,
  };
  const approved = campaign.state !== "draft" && campaign.state !== "in_review";
  const button = (name: CampaignDeed, look: { variant?: string; color?: string } = {}): ReactElement | false =>
    can[name] && (
      <Button key={name} size="sm" {...look} onClick={() => setDeed(name)}>
        {t(`campaigns.deeds.${name}`)}
      </Button>
    );
  return (
    <>
      {campaign.in_review && mayReview && !campaign.may_decide && <small className={styles.own}>{t("campaigns.ownWork")}</small>}
      {button("end", { variant: "subtle", color: "red" })}
      {button("pause", { variant: "outline", color: "red" })}
      {campaign.may_edit && !campaign.in_review && (
        <Button
          size="sm"
          variant="default"
          renderRoot={(props) => <Link to="/campaigns/$code/edit" params={{ code: campaign.code }} {...props} />}
        >
          {t(approved ? "campaigns.editLive" : "campaigns.edit")}
        </Button>
      )}
      {button("withdraw", { variant: "default" })}
      {button("reject", { variant: "default" })}
      {button("submit")}
      {button("resume")}
      {button("approve")}
      {deed !== null && <DeedModal campaign={campaign} deed={deed} onClose={() => setDeed(null)} />}
    </>
  );
}

function Figures({ campaign }: { campaign: Campaign }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { figures, current } = campaign;
  return (
    <dl className={`${listStyles.sums} ${styles.sums}`}>
      <div data-wide>
        <dt>{t("campaigns.period")}</dt>
        <dd className={styles.period}>
          {formatDateTime(current.rules.starts_at, locale)}
          <br />– {formatDateTime(current.rules.ends_at, locale)}
        </dd>
      </div>
      <div>
        <dt>{t("campaigns.given")}</dt>
        <dd>{formatPoints(figures.points)}</dd>
      </div>
      <div>
        <dt>{t("campaigns.receipts")}</dt>
        <dd>{t("campaigns.sales", { n: formatCount(figures.receipts) })}</dd>
      </div>
      <div>
        <dt>{t("campaigns.members")}</dt>
        <dd>{t("campaigns.people", { n: formatCount(campaign.members) })}</dd>
      </div>
      <div data-wide>
        <dt>{t("campaigns.budget")}</dt>
        <dd className={styles.period}>
          <Budget figures={figures} />
        </dd>
      </div>
    </dl>
  );
}

interface VersionProps {
  title: string;
  note?: string;
  version: CampaignVersion;
  children?: ReactElement | false;
}

function Version({ title, note, version, children }: VersionProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { rules } = version;
  return (
    <Card title={title} note={note}>
      <ul className={styles.sentences}>
        {version.description.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {rules.note !== "" && (
        <p className={styles.quiet}>
          {t("campaigns.note")}: {rules.note}
        </p>
      )}
      {children}
      <p className={styles.quiet}>
        {t("campaigns.version", { n: version.version })} ·{" "}
        {t("campaigns.writtenBy", {
          who: version.author,
          when: formatDateTime(version.created_at, locale),
          why: version.reason,
        })}
      </p>
    </Card>
  );
}
