// One draft: what it changes, what is wrong or dangerous with it, what the past says of it, and what can be done now.
import type { Draft } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Alert, Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { BacktestPanel } from "./backtest.tsx";
import { DeedModal } from "./deed.tsx";
import styles from "./drafts.module.css";
import { History } from "./history.tsx";
import { Changes, Dangers, Meaning, Problems, StateChip } from "./parts.tsx";
import { type DraftDeed, fileOf, useDraft } from "./queries.ts";
import { UploadModal } from "./upload.tsx";

export function DraftPage(): ReactElement {
  const { t } = useTexts();
  const { draft } = useParams({ from: "/signed-in/drafts/$draft" });
  const { data, error, isError, refetch } = useDraft(Number(draft));
  if (data !== undefined) return <One draft={data} />;
  return (
    <>
      <PageHead title={t("drafts.title")} />
      <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
    </>
  );
}

function One({ draft }: { draft: Draft }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { check } = draft;
  const isOver = draft.state === "applied" || draft.state === "scheduled";
  return (
    <>
      <PageHead
        title={draft.title}
        meta={
          <>
            <Link to="/drafts">{t("drafts.back")}</Link>
            <span>
              {t("drafts.number", { n: draft.draft })} · {t("drafts.revision", { n: draft.revision })}
            </span>
            <StateChip state={draft.state} />
            <span>
              {draft.effective_at === null
                ? t("drafts.atApprovalLong")
                : t("drafts.atTime", { date: formatDateTime(draft.effective_at, locale) })}
            </span>
          </>
        }
        actions={<Actions draft={draft} />}
      />
      <div className={styles.columns}>
        <div className={styles.page}>
          <Notices draft={draft} />
          <Card title={t(isOver ? "drafts.changesApplied" : "drafts.changes")} note={t("drafts.changesHint")}>
            <Changes changes={check.changes} />
            {check.left_alone.length > 0 && (
              <p className={styles.quiet}>
                {t("drafts.leftAlone", { codes: check.left_alone.join(t("common:listSeparator")) })}
              </p>
            )}
          </Card>
          {check.problems.length > 0 && <Problems problems={check.problems} />}
          {check.dangers.length > 0 && (
            <Card title={t("drafts.dangers")} note={t("drafts.dangersHint")}>
              <Dangers dangers={check.dangers} />
            </Card>
          )}
          <BacktestPanel draft={draft} />
          {check.sentences.length > 0 && (
            <Card title={t("drafts.sentences")}>
              <Meaning check={check} />
            </Card>
          )}
        </div>
        <Card title={t("drafts.history")} note={t("drafts.historyHint")}>
          <History log={draft.log} />
        </Card>
      </div>
    </>
  );
}

function Notices({ draft }: { draft: Draft }): ReactElement | null {
  const { t } = useTexts();
  const mayReview = useMay()("drafts.review");
  if (draft.is_outdated) {
    return (
      <Alert color="red" title={t("drafts.outdated")}>
        {t("drafts.outdatedHint")}
      </Alert>
    );
  }
  if (draft.state === "in_review" && !draft.may_decide) {
    return <Alert color="blue">{t(mayReview && draft.is_own_work ? "drafts.ownWork" : "drafts.waits")}</Alert>;
  }
  return null;
}

function Actions({ draft }: { draft: Draft }): ReactElement {
  const { t } = useTexts();
  const [deed, setDeed] = useState<DraftDeed | null>(null);
  const [uploading, setUploading] = useState(false);
  const can: Record<DraftDeed, boolean> = {
    discard: draft.may_discard,
    withdraw: draft.may_withdraw,
    send_back: draft.may_decide,
    submit: draft.may_submit,
    approve: draft.may_decide,
  };
  const button = (name: DraftDeed, look: { variant?: string; color?: string } = {}): ReactElement | false =>
    can[name] && (
      <Button key={name} size="sm" {...look} onClick={() => setDeed(name)}>
        {t(`drafts.deeds.${name}`)}
      </Button>
    );
  return (
    <>
      {button("discard", { variant: "subtle", color: "red" })}
      <Button
        size="sm"
        variant="default"
        component="a"
        href={fileOf(draft.draft)}
        download
        leftSection={<Icon name="download" size={16} />}
      >
        YAML
      </Button>
      {draft.may_edit && (
        <>
          <Button size="sm" variant="default" onClick={() => setUploading(true)}>
            {t("drafts.upload")}
          </Button>
          <Button
            size="sm"
            variant="default"
            renderRoot={(props) => <Link to="/drafts/$draft/edit" params={{ draft: String(draft.draft) }} {...props} />}
          >
            {t("drafts.edit")}
          </Button>
        </>
      )}
      {button("withdraw", { variant: "default" })}
      {button("send_back", { variant: "default" })}
      {button("submit")}
      {button("approve")}
      {deed !== null && <DeedModal draft={draft} deed={deed} onClose={() => setDeed(null)} />}
      {uploading && <UploadModal draft={draft} onClose={() => setUploading(false)} />}
    </>
  );
}
