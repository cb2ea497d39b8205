// The whole result of a back-test, at an address of its own.
import { asProblem } from "@enishi/api/client.ts";
import type { Draft } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useBacktestResult, useDraft } from "../drafts/queries.ts";
import { Stale } from "../drafts/summary.tsx";
import { BacktestReport } from "./report.tsx";
import styles from "./report.module.css";

export function BacktestPage(): ReactElement {
  const { t } = useTexts();
  const { draft, backtest } = useParams({ from: "/signed-in/drafts/$draft/backtests/$backtest" });
  const held = useDraft(Number(draft));
  const { data, error, isError, refetch } = useBacktestResult(Number(draft), Number(backtest));
  return (
    <>
      <PageHead
        title={t("backtest.page.title")}
        meta={
          <>
            <Link to="/drafts/$draft" params={{ draft }}>
              {held.data?.title ?? t("backtest.page.back")}
            </Link>
            {held.data !== undefined && <Which draft={held.data} backtest={Number(backtest)} />}
          </>
        }
      />
      {data !== undefined && (
        <div className={styles.report}>
          {held.data?.backtests
            .filter((one) => one.backtest === Number(backtest))
            .map((status) => <Stale key={status.backtest} status={status} />)}
          <BacktestReport result={data} />
        </div>
      )}
      {data === undefined && (
        <Card flush>
          {isError ? (
            <Failed error={error} {...(asProblem(error).status === 409 ? {} : { onRetry: () => void refetch() })} />
          ) : (
            <ListSkeleton />
          )}
        </Card>
      )}
    </>
  );
}

function Which({ draft, backtest }: { draft: Draft; backtest: number }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const status = draft.backtests.find((one) => one.backtest === backtest);
  if (status === undefined) return null;
  return (
    <span>
      {t("drafts.tests.kept", {
        revision: t("drafts.revision", { n: status.revision }),
        date: status.history_until === null ? "—" : formatDateTime(status.history_until, locale),
      })}
    </span>
  );
}
