// What a back-test says in a few figures, for whoever decides; and plainly that there is none, or an old one.
import type { BacktestResult, BacktestStatus, Draft } from "@enishi/api/types.ts";
import { formatCount, formatPoints, formatSignedPoints, formatYen } from "@enishi/i18n/format.ts";
import { Alert, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import listStyles from "../../shell/list.module.css";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { isUnderWay, newestResult, useBacktestResult } from "./queries.ts";

interface SummaryProps {
  result: BacktestResult;
  /** Where the whole of it stands. */
  draft: number;
  backtest: number;
  /** In a dialog the whole of it opens beside, so that nothing typed is lost. */
  apart?: boolean;
}

export function Summary({ result, draft, backtest, apart = false }: SummaryProps): ReactElement {
  const { t } = useTexts();
  const { total, liability_today: owed, liability_tried: wouldOwe } = result;
  const left = result.outstanding_tried - result.outstanding_today;
  return (
    <>
      <dl className={`${listStyles.sums} ${styles.sums}`}>
        <div>
          <dt>{t("drafts.tests.pointsToday")}</dt>
          <dd>{formatPoints(total.today.points)}</dd>
        </div>
        <div>
          <dt>{t("drafts.tests.pointsTried")}</dt>
          <dd>
            {formatPoints(total.tried.points)}
            <small>{formatSignedPoints(total.difference_points)}</small>
          </dd>
        </div>
        <div>
          <dt>{t("drafts.tests.cost")}</dt>
          <dd>{signedYen(total.difference_yen)}</dd>
        </div>
        <div>
          <dt>{t("drafts.tests.outstanding")}</dt>
          <dd>
            {formatPoints(result.outstanding_tried)}
            <small>{formatSignedPoints(left)}</small>
          </dd>
        </div>
        {owed !== null && wouldOwe !== null && (
          <div>
            <dt>{t("backtest.headline.liability")}</dt>
            <dd>
              {formatYen(wouldOwe.yen)}
              <small>{signedYen(wouldOwe.yen - owed.yen)}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>{t("drafts.tests.moving")}</dt>
          <dd>
            {t("drafts.tests.rising", { n: formatCount(result.rising) })}
            <small>{t("drafts.tests.falling", { n: formatCount(result.falling) })}</small>
          </dd>
        </div>
      </dl>
      <p>
        <Link
          to="/drafts/$draft/backtests/$backtest"
          params={{ draft: String(draft), backtest: String(backtest) }}
          {...(apart ? { target: "_blank", rel: "noopener" } : {})}
        >
          {t("backtest.page.open")}
        </Link>
      </p>
    </>
  );
}

function signedYen(yen: number): string {
  if (yen === 0) return formatYen(0);
  return yen > 0 ? `+${formatYen(yen)}` : `−${formatYen(-yen)}`;
}

export function Stale({ status }: { status: BacktestStatus }): ReactElement | null {
  const { t } = useTexts();
  if (status.stale.length === 0) return null;
  return (
    <Alert color="yellow" title={t("drafts.tests.staleTitle")}>
      {status.stale.map((why) => (
        <p key={why}>{t(`drafts.tests.stale.${why}`)}</p>
      ))}
      <p>{t("drafts.tests.staleHint")}</p>
    </Alert>
  );
}

/** What somebody should know of the past before a draft goes on its way. */
export function BacktestForDecision({ draft, isWriter }: { draft: Draft; isWriter: boolean }): ReactElement {
  const { t } = useTexts();
  const newest = newestResult(draft);
  const running = draft.backtests.some(isUnderWay);
  const { data, error, isError } = useBacktestResult(draft.draft, newest?.backtest);
  return (
    <section className={styles.decision} aria-label={t("drafts.tests.summary")}>
      <h3 className={styles.small}>{t("drafts.tests.summary")}</h3>
      {running && (
        <Alert color="blue" title={t("drafts.tests.underWay")}>
          {t("drafts.tests.underWayHint")}
        </Alert>
      )}
      {newest === undefined && !running && (
        <Alert color={isWriter ? "yellow" : "red"} title={t("drafts.tests.missing")}>
          {t(isWriter ? "drafts.tests.missingHintWriter" : "drafts.tests.missingHint")}
        </Alert>
      )}
      {newest !== undefined && (
        <>
          <Stale status={newest} />
          {data === undefined && !isError && <Skeleton height={72} />}
          {isError && <Failed error={error} />}
          {data !== undefined && <Summary result={data} draft={draft.draft} backtest={newest.backtest} apart />}
        </>
      )}
    </section>
  );
}
