// The points programme, read: the version in force in plain words, and every version before and after it.
import { request } from "@enishi/api/client.ts";
import type { Program, ProgramVersion } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { FourSettings } from "./four-settings.tsx";
import { VersionHistory } from "./history.tsx";
import styles from "./program.module.css";

export function ProgramPage(): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const { data, error, isError, refetch } = useQuery({
    queryKey: ["program"],
    queryFn: ({ signal }) => request<Program>("/api/console/program", { signal }),
  });
  return (
    <>
      <PageHead
        title={t("program.title")}
        meta={t("program.immutable")}
        actions={
          may("drafts.write") && (
            <Button renderRoot={(props) => <Link to="/drafts/new" search={{ part: "program" }} {...props} />}>
              {t("drafts.create")}
            </Button>
          )
        }
      />
      {data === undefined && isError && (
        <Card>
          <Failed error={error} onRetry={() => void refetch()} />
        </Card>
      )}
      {data === undefined && !isError && (
        <div className={styles.columns} aria-hidden="true">
          <Skeleton height={440} />
          <Skeleton height={300} />
        </div>
      )}
      {data !== undefined && <Found program={data} />}
    </>
  );
}

function Found({ program }: { program: Program }): ReactElement {
  const { t } = useTexts();
  if (program.current === null && program.versions.length === 0) {
    return (
      <Card>
        <Empty icon="programme" title={t("program.none")} hint={t("program.noneHint")} />
      </Card>
    );
  }
  return (
    <div className={styles.columns}>
      {program.current !== null && <InForce version={program.current} />}
      <VersionHistory versions={program.versions} current={program.current?.version ?? null} />
    </div>
  );
}

function InForce({ version }: { version: ProgramVersion }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.inForce}>
      <Card>
        <header className={styles.head}>
          <div>
            <h2>{version.name}</h2>
            <p>{t("program.since", { date: formatDateTime(version.effective_at, locale) })}</p>
          </div>
          <span className={styles.status} data-status="live">
            {t("program.inForce")} · {t("common:why.versionNumber", { version: version.version })}
          </span>
        </header>
        <h3 className={styles.title}>{t("program.plain")}</h3>
        <ul className={styles.sentences}>
          {version.sentences.map((sentence) => (
            <li key={sentence}>
              <Icon name="check" size={16} />
              <span>{sentence}</span>
            </li>
          ))}
        </ul>
      </Card>
      <FourSettings settings={version.settings} />
    </div>
  );
}
