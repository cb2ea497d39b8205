// Trying a draft on the past: asking for it, watching how far it is, and what earlier ones said.
import { asProblem } from "@enishi/api/client.ts";
import type { BacktestStatus, Draft } from "@enishi/api/types.ts";
import { formatCount, formatDateTime, formatPercent } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Progress, Skeleton, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { Refused } from "./parts.tsx";
import {
  isUnderWay,
  newestResult,
  useBacktest,
  useBacktestResult,
  useCancelBacktest,
  useRunBacktest,
} from "./queries.ts";
import { Stale, Summary } from "./summary.tsx";

export function BacktestPanel({ draft }: { draft: Draft }): ReactElement {
  const { t } = useTexts();
  const [chosen, setChosen] = useState<number | null>(null);
  const underWay = draft.backtests.find(isUnderWay);
  const newest = newestResult(draft);
  const shown = draft.backtests.find(({ backtest }) => backtest === chosen) ?? newest;
  const last = draft.backtests[0];
  return (
    <Card title={t("drafts.tests.title")} note={t("drafts.tests.hint")}>
      <div className={styles.lines}>
        {draft.may_try && underWay === undefined && <Run draft={draft} isAgain={draft.backtests.length > 0} />}
        {underWay !== undefined && <UnderWay draft={draft} status={underWay} />}
        {draft.backtests.length === 0 && <p className={styles.quiet}>{t("drafts.tests.none")}</p>}
        {last?.state === "failed" && <FailedTest status={last} />}
        {shown !== undefined && <Result draft={draft} status={shown} />}
        {draft.backtests.length > 1 && <Earlier draft={draft} shown={shown} onShow={setChosen} />}
      </div>
    </Card>
  );
}

function Run({ draft, isAgain }: { draft: Draft; isAgain: boolean }): ReactElement {
  const { t } = useTexts();
  const [since, setSince] = useState("");
  const run = useRunBacktest(draft.draft);
  return (
    <>
      <div className={styles.run}>
        <TextInput
          type="date"
          size="sm"
          label={t("drafts.tests.since")}
          description={t("drafts.tests.sinceHint")}
          value={since}
          onChange={({ currentTarget }) => setSince(currentTarget.value)}
        />
        <Button
          variant={isAgain ? "default" : "filled"}
          loading={run.isPending}
          onClick={() => run.mutate(since === "" ? null : `${since}T00:00:00+09:00`)}
        >
          {t(isAgain ? "drafts.tests.again" : "drafts.tests.run")}
        </Button>
      </div>
      <Refused error={run.error} />
    </>
  );
}

function UnderWay({ draft, status }: { draft: Draft; status: BacktestStatus }): ReactElement {
  const { t } = useTexts();
  const now = useBacktest(draft.draft, status).data ?? status;
  const cancel = useCancelBacktest(draft.draft);
  const total = now.receipts_total;
  const share = total === null || total === 0 ? 0 : now.receipts_done / total;
  const words =
    now.state === "queued"
      ? t("drafts.tests.queued")
      : total === null
        ? t("drafts.tests.preparing")
        : t("drafts.tests.running", {
            done: formatCount(now.receipts_done),
            total: formatCount(total),
            percent: formatPercent(share),
          });
  return (
    <div className={styles.progress} role="status">
      <div className={styles.progressHead}>
        <strong>{words}</strong>
        {draft.may_try && (
          <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            {t("drafts.tests.cancel")}
          </Button>
        )}
      </div>
      <Progress
        value={share * 100}
        animated={now.state === "running"}
        aria-label={t("drafts.tests.progress")}
        transitionDuration={300}
      />
      <Refused error={cancel.error} />
    </div>
  );
}

function FailedTest({ status }: { status: BacktestStatus }): ReactElement {
  const { t, word } = useTexts();
  const code = status.error_code ?? "";
  const known = word("drafts.tests.errors", code);
  const isOurs = code === "unexpected-failure";
  return (
    <Alert color="red" title={t("drafts.tests.failed")}>
      {known === code ? status.error_detail : known} {isOurs && status.error_detail}
    </Alert>
  );
}

function Result({ draft, status }: { draft: Draft; status: BacktestStatus }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data, error, isError, refetch } = useBacktestResult(draft.draft, status.backtest);
  return (
    <>
      <p className={styles.quiet}>
        {t("drafts.tests.kept", {
          revision: t("drafts.revision", { n: status.revision }),
          date: status.history_until === null ? "—" : formatDateTime(status.history_until, locale),
        })}{" "}
        ·{" "}
        {t("drafts.tests.by", { who: status.requested_by, date: formatDateTime(status.requested_at, locale) })}
        {status.attempts > 1 && ` · ${t("drafts.tests.attempts", { n: status.attempts })}`}
      </p>
      <Stale status={status} />
      {data === undefined && !isError && <Skeleton height={96} />}
      {isError && (
        <Failed error={error} {...(asProblem(error).status === 409 ? {} : { onRetry: () => void refetch() })} />
      )}
      {data !== undefined && <Summary result={data} draft={draft.draft} backtest={status.backtest} />}
    </>
  );
}

interface EarlierProps {
  draft: Draft;
  shown: BacktestStatus | undefined;
  onShow: (backtest: number) => void;
}

function Earlier({ draft, shown, onShow }: EarlierProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <details className={styles.earlier}>
      <summary>
        {t("drafts.tests.others")} ({formatCount(draft.backtests.length)})
      </summary>
      <ul>
        {draft.backtests.map((one) => (
          <li key={one.backtest}>
            <span>
              {formatDateTime(one.requested_at, locale)} · {t("drafts.revision", { n: one.revision })} ·{" "}
              {one.state === "done" || one.state === "failed" || one.state === "cancelled"
                ? t(`drafts.tests.${one.state}`)
                : t("drafts.tests.underWay")}
            </span>
            {one.state === "done" &&
              (one.backtest === shown?.backtest ? (
                <em>{t("drafts.tests.shown")}</em>
              ) : (
                <Button variant="subtle" size="compact-xs" onClick={() => onShow(one.backtest)}>
                  {t("drafts.tests.show")}
                </Button>
              ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
