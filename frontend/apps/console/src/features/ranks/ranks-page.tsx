// The ladder of ranks: what is in force and who holds what, the evaluations, and every version there was.
import type { RanksPage as Page } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMayOpen } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { Evaluations } from "./evaluations.tsx";
import { Picture } from "./picture.tsx";
import { useRanks } from "./queries.ts";
import styles from "./ranks.module.css";
import { Versions } from "./versions.tsx";

const TABS = ["ladder", "evaluations", "history"] as const;

export function RanksPage(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { tab = "ladder" } = useSearch({ from: "/signed-in/ranks" });
  const mayOpen = useMayOpen();
  const mayPublish = mayOpen({ permission: "ranks.publish", everywhere: true });
  const mayDraft = mayOpen({ permission: "drafts.write", everywhere: true });
  const { data, error, isError, refetch } = useRanks();
  const live = data?.versions.find(({ state }) => state === "live");
  return (
    <>
      <PageHead
        title={t("ranks.title")}
        meta={
          live === undefined
            ? t("ranks.lead")
            : t("ranks.inForce", { n: live.version, date: formatDateTime(live.effective_at, locale) })
        }
        actions={
          <>
            {mayDraft && data !== undefined && data.versions.length > 0 && (
              <Button
                variant="default"
                renderRoot={(props) => <Link {...props} to="/drafts/new" search={{ part: "ladder" }} />}
              >
                {t("ranks.draft")}
              </Button>
            )}
            {mayPublish && (
              <Button component={Link} to="/ranks/_edit">
                {t(data?.versions.length === 0 ? "ranks.create" : "ranks.edit")}
              </Button>
            )}
          </>
        }
      />
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {data !== undefined && data.versions.length === 0 && (
        <Card>
          <Empty icon="ladder" title={t("ranks.none")} hint={t("ranks.noneHint")}>
            {mayPublish && (
              <Button component={Link} to="/ranks/_edit" size="sm">
                {t("ranks.create")}
              </Button>
            )}
          </Empty>
        </Card>
      )}
      {data !== undefined && data.versions.length > 0 && (
        <div className={styles.page}>
          <Scheduled page={data} />
          <nav className={styles.tabs} aria-label={t("ranks.title")}>
            {TABS.map((one) => (
              <Link
                key={one}
                to="/ranks"
                search={{ tab: one === "ladder" ? undefined : one }}
                aria-current={tab === one ? "page" : undefined}
              >
                {t(`ranks.tabs.${one}`)}
              </Link>
            ))}
          </nav>
          {tab === "ladder" && <Picture page={data} />}
          {tab === "evaluations" && <Evaluations page={data} />}
          {tab === "history" && <Versions versions={data.versions} />}
        </div>
      )}
    </>
  );
}

function Scheduled({ page }: { page: Page }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const ahead = page.versions.filter(({ state }) => state === "scheduled");
  if (ahead.length === 0) return null;
  return (
    <Alert color="blue" role="status">
      {ahead.map((one) => (
        <p key={one.version}>
          {t("ranks.scheduledNote", { n: one.version, date: formatDateTime(one.effective_at, locale) })}{" "}
          <Link to="/ranks" search={{ tab: "history" }}>
            {t("ranks.scheduledOpen")}
          </Link>
        </p>
      ))}
    </Alert>
  );
}
