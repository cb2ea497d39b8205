// When all members are looked at: the next day of it, what it would do now, and what the latest ones did.
import type { RankEvaluation, RankForesight, RanksPage } from "@enishi/api/types.ts";
import { daysUntil, formatCount, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { RankChip } from "@enishi/ui/rank.tsx";
import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import table from "../../shell/list.module.css";
import { Card } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useForesee } from "./queries.ts";
import styles from "./ranks.module.css";

export function Evaluations({ page }: { page: RanksPage }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      {page.next_evaluation_on !== null && <Next on={page.next_evaluation_on} />}
      <Card title={t("ranks.evaluations")} flush>
        {page.evaluations.length === 0 ? (
          <Empty icon="calendar" title={t("ranks.evaluationsNone")} />
        ) : (
          <Done evaluations={page.evaluations} />
        )}
      </Card>
    </>
  );
}

function Next({ on }: { on: string }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const foresee = useForesee();
  const days = daysUntil(on);
  return (
    <Card
      title={t("ranks.next")}
      actions={
        <Button variant="default" size="sm" loading={foresee.isPending} onClick={() => foresee.mutate()}>
          {t("ranks.foresee")}
        </Button>
      }
    >
      <p className={styles.day}>
        <b className="enishi-figure">{formatDate(on, locale)}</b>
        <span>{days <= 0 ? t("ranks.today") : t("ranks.inDays", { n: days })}</span>
      </p>
      <p className={styles.quiet}>{t("ranks.nextHint", { date: formatDate(on, locale) })}</p>
      <div aria-live="polite">
        {foresee.isError && <Failed error={foresee.error} onRetry={() => foresee.mutate()} />}
        {foresee.data !== undefined && <Foreseen found={foresee.data} />}
      </div>
    </Card>
  );
}

function Foreseen({ found }: { found: RankForesight }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { evaluation, ways } = found;
  return (
    <section className={styles.foreseen} aria-label={t("ranks.foresee")}>
      <p>
        {t("ranks.foreseen", { members: formatCount(evaluation.members), looksAt: formatDate(evaluation.looks_at, locale) })}{" "}
        <span className={styles.quiet}>{t("ranks.foreseeHint")}</span>
      </p>
      <dl className={styles.figures}>
        <Figure label={t("ranks.foreseeRise")} value={evaluation.risen} />
        <Figure label={t("ranks.foreseeFall")} value={evaluation.fallen} />
        <Figure label={t("ranks.foreseeStay")} value={evaluation.members - evaluation.risen - evaluation.fallen} />
      </dl>
      {ways.length === 0 ? (
        <p className={styles.quiet}>{t("ranks.foreseeNobody")}</p>
      ) : (
        <div className={table.scroll}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t("ranks.from")}</th>
                <th scope="col">{t("ranks.to")}</th>
                <th scope="col" data-figure>
                  {t("ranks.people")}
                </th>
              </tr>
            </thead>
            <tbody>
              {ways.map(({ from_tier, to_tier, members }) => (
                <tr key={`${from_tier.code} ${to_tier.code}`}>
                  <td>
                    <RankChip tier={from_tier} />
                  </td>
                  <td>
                    <span className={styles.way} data-rise={to_tier.level > from_tier.level}>
                      <span aria-hidden="true">{to_tier.level > from_tier.level ? "▲" : "▼"}</span>
                      <RankChip tier={to_tier} />
                    </span>
                  </td>
                  <td data-figure>{t("ranks.count", { n: formatCount(members) })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Figure({ label, value }: { label: string; value: number }): ReactElement {
  const { t } = useTexts();
  return (
    <div>
      <dt>{label}</dt>
      <dd className="enishi-figure">{t("ranks.count", { n: formatCount(value) })}</dd>
    </div>
  );
}

function Done({ evaluations }: { evaluations: readonly RankEvaluation[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const count = (value: number): string => t("ranks.count", { n: formatCount(value) });
  return (
    <div className={table.scroll}>
      <table className={table.table} data-stacks>
        <thead>
          <tr>
            <th scope="col">{t("ranks.evaluationOn")}</th>
            <th scope="col">{t("ranks.looksAt")}</th>
            {(["judged", "risen", "fallen", "confirmed"] as const).map((name) => (
              <th key={name} scope="col" data-figure>
                {t(`ranks.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evaluations.map((one) => (
            <tr key={one.evaluation_on}>
              <th scope="row">
                {formatDate(one.evaluation_on, locale)}
                <small>{one.finished_at === null ? t("ranks.unfinished") : t("ranks.version", { n: one.ladder })}</small>
              </th>
              <td data-label={t("ranks.looksAt")}>{t("ranks.through", { date: formatDate(one.looks_at, locale) })}</td>
              <td data-figure data-label={t("ranks.judged")}>
                {count(one.members)}
              </td>
              <td data-figure data-label={t("ranks.risen")}>
                {count(one.risen)}
              </td>
              <td data-figure data-label={t("ranks.fallen")}>
                {count(one.fallen)}
              </td>
              <td data-figure data-label={t("ranks.confirmed")}>
                {count(one.confirmed)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
