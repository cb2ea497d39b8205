// "Why?": one pattern on every face. This is what the panel shows; each face puts it into its own drawer or sheet.
import type { Entry, Explanation } from "@enishi/api/types.ts";
import {
  formatDate,
  formatDateTime,
  formatPoints,
  formatSignedPoints,
  formatYen,
  type Locale,
} from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./icons.tsx";
import styles from "./why.module.css";

const LATE_AFTER_MINUTES = 10;

/** Minutes between the moment something happened and the moment it was recorded. */
function delayMinutes(entry: Entry): number {
  return Math.floor((Date.parse(entry.recorded_at) - Date.parse(entry.occurred_at)) / 60_000);
}

function useDelayText(): (minutes: number) => string {
  const { t } = useTranslation("common");
  return (minutes) => {
    if (minutes < 60) return t("why.delayMinutes", { count: minutes });
    if (minutes < 60 * 48) return t("why.delayHours", { count: Math.floor(minutes / 60) });
    return t("why.delayDays", { count: Math.floor(minutes / (60 * 24)) });
  };
}

interface WhyLinkProps {
  points: number;
  onOpen: () => void;
  className?: string;
}

/** The small link beside a number. */
export function WhyLink({ points, onOpen, className }: WhyLinkProps): ReactElement {
  const { t } = useTranslation("common");
  return (
    <button
      type="button"
      className={className === undefined ? styles.link : `${styles.link} ${className}`}
      onClick={onOpen}
      aria-label={t("why.linkFor", { points: formatSignedPoints(points) })}
    >
      {t("why.link")}
    </button>
  );
}

interface WhyProps {
  explanation: Explanation;
  /** Opens the receipt the points came from; without it the receipt is named but not linked. */
  onOpenPurchase?: (purchaseId: string) => void;
}

/** The sentence, the arithmetic, the version in force and the facts behind one entry of the journal. Points that were
    used have no arithmetic beyond the lots they came from. */
export function Why({ explanation, onOpenPurchase }: WhyProps): ReactElement {
  const [locale] = useLocale();
  const { entry, sentence, steps } = explanation;
  return (
    <div className={styles.why}>
      <header className={styles.head}>
        <p className={`${styles.points} enishi-figure`} data-sign={entry.points < 0 ? "minus" : "plus"}>
          {formatSignedPoints(entry.points)}
        </p>
        <p className={styles.sentence}>{sentence}</p>
      </header>
      {steps.length > 0 && entry.type === "earn" && <Steps steps={steps} result={formatPoints(Math.abs(entry.points))} />}
      <Lots entry={entry} locale={locale} />
      <Version explanation={explanation} locale={locale} />
      <Facts explanation={explanation} locale={locale} onOpenPurchase={onOpenPurchase} />
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className={styles.section}>
      <h3 className={styles.title}>{title}</h3>
      {children}
    </section>
  );
}

/** `result` is how the outcome reads; the last step that says so stands out. */
function Steps({ steps, result }: { steps: Explanation["steps"]; result: string }): ReactElement {
  const { t } = useTranslation("common");
  const outcome = steps.findLastIndex((step) => step.value === result);
  return (
    <Section title={t("why.steps")}>
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li key={`${index}-${step.label}`} data-outcome={index === outcome}>
            <span>{step.label}</span>
            <span className="enishi-figure">{step.value}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Lots({ entry, locale }: { entry: Entry; locale: Locale }): ReactElement | null {
  const { t } = useTranslation("common");
  if (entry.lots.length === 0) return null;
  return (
    <Section title={t("why.lots")}>
      <ul className={styles.rows}>
        {entry.lots.map((lot, index) => (
          <li key={`${index}-${lot.expires_on}`}>
            <span>
              {t(`kind.${lot.kind}`)}
              <small>{t("why.lotExpires", { date: formatDate(lot.expires_on, locale) })}</small>
            </span>
            <span className="enishi-figure">{formatSignedPoints(lot.points)}</span>
          </li>
        ))}
        <li className={styles.total}>
          <span>{t("why.balanceAfter")}</span>
          <span className="enishi-figure">{formatPoints(entry.balance_after)}</span>
        </li>
      </ul>
    </Section>
  );
}

function Version({ explanation, locale }: { explanation: Explanation; locale: Locale }): ReactElement {
  const { t } = useTranslation("common");
  const { version } = explanation;
  if (version === null) {
    return explanation.entry.type === "earn" ? <p className={styles.note}>{t("why.noVersion")}</p> : <></>;
  }
  return (
    <Section title={t("why.version")}>
      <div className={styles.version}>
        <p>
          <strong>{version.name}</strong>
          <span className={styles.chip}>{t("why.versionNumber", { version: version.version })}</span>
        </p>
        <p className={styles.secondary}>
          {t("why.effective", { date: formatDateTime(version.effective_at, locale) })}
        </p>
        {version.reason !== "" && (
          <p className={styles.secondary}>
            {t("why.author")}: {version.author} · {version.reason}
          </p>
        )}
      </div>
    </Section>
  );
}

function Facts({
  explanation,
  locale,
  onOpenPurchase,
}: WhyProps & { locale: Locale }): ReactElement {
  const { t } = useTranslation("common");
  const delayText = useDelayText();
  const { entry, purchase } = explanation;
  const delay = delayMinutes(entry);
  return (
    <Section title={t("why.facts")}>
      <dl className={styles.facts}>
        <dt>{t("why.occurredAt")}</dt>
        <dd className="enishi-figure">{formatDateTime(entry.occurred_at, locale)}</dd>
        {delay >= LATE_AFTER_MINUTES && (
          <>
            <dt>{t("why.recordedAt")}</dt>
            <dd className="enishi-figure">{formatDateTime(entry.recorded_at, locale)}</dd>
          </>
        )}
        {entry.store !== null && (
          <>
            <dt>{t("why.store")}</dt>
            <dd>{entry.store.name}</dd>
          </>
        )}
        {purchase !== null && (
          <>
            <dt>{t("why.receipt")}</dt>
            <dd>
              <span className="enishi-figure">{formatYen(purchase.total_yen)}</span>
              <span className={styles.secondary}> · {purchase.external_id}</span>
              {onOpenPurchase !== undefined && (
                <button type="button" className={styles.open} onClick={() => onOpenPurchase(purchase.purchase_id)}>
                  {t("why.openReceipt")}
                  <Icon name="chevronRight" size={14} />
                </button>
              )}
            </dd>
          </>
        )}
        <dt>{t("why.entryId")}</dt>
        <dd className={styles.id}>{entry.entry_id}</dd>
      </dl>
      {delay >= LATE_AFTER_MINUTES && (
        <p className={styles.note}>
          <Icon name="clock" size={15} />
          {t("why.late", { delay: delayText(delay) })}
        </p>
      )}
    </Section>
  );
}
