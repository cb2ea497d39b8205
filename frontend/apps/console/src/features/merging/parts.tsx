// What the dialogs of merging and undoing share: two sides beside each other, and what a refusal means.
import { asProblem } from "@enishi/api/client.ts";
import type { MergeEffect, MergeSide } from "@enishi/api/types.ts";
import { formatDate, formatIdentifier, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Textarea } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Refused } from "../adjusting/parts.tsx";
import styles from "./merging.module.css";

/** Both customers, the one who goes on first, with what they have now and afterwards. */
export function Sides({ effect }: { effect: MergeEffect }): ReactElement {
  const { t } = useTexts();
  const undo = effect.action === "undo";
  return (
    <div className={styles.sides}>
      <Side side={effect.survivor} role={t(undo ? "merging.undoSurvivor" : "merging.survivor")} survivor undo={undo} />
      <Side side={effect.absorbed} role={t(undo ? "merging.undoAbsorbed" : "merging.absorbed")} undo={undo} />
    </div>
  );
}

interface SideProps {
  side: MergeSide;
  role: string;
  survivor?: boolean;
  undo: boolean;
}

function Side({ side, role, survivor = false, undo }: SideProps): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  return (
    <section className={styles.side} data-survivor={survivor} aria-label={`${role} ${side.customer.name}`}>
      <h3>
        <small>{role}</small>
        {side.customer.name}
        <small>{t("merging.joined", { date: formatDate(side.joined_at, locale) })}</small>
      </h3>
      <dl>
        <div>
          <dt>{t("merging.balance")}</dt>
          <dd className="enishi-figure">
            {formatPoints(side.balance_before)} →{" "}
            <span className={side.balance < 0 ? styles.owes : styles.change}>{formatPoints(side.balance)}</span>
          </dd>
        </div>
        <div>
          <dt>{t("merging.lots")}</dt>
          <dd>
            {side.lots.length === 0 ? (
              t("merging.noLots")
            ) : (
              // A list that scrolls is reached by the keyboard, too.
              <ul className={styles.lots} tabIndex={0}>
                {side.lots.map((lot) => (
                  <li key={`${lot.kind} ${lot.expires_on}`} className="enishi-figure">
                    {t("merging.lot", {
                      kind: word("common:kind", lot.kind),
                      points: formatPoints(lot.points),
                      date: formatDate(lot.expires_on, locale),
                    })}
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
        {side.tier !== "" && (
          <div>
            <dt>{t("merging.rank")}</dt>
            <dd>
              {side.tier_before} → <span className={styles.change}>{side.tier}</span>
            </dd>
          </div>
        )}
        {!undo && (
          <div>
            <dt>{t("merging.identifiers")}</dt>
            <dd>
              {side.identifiers.length === 0 ? (
                t("merging.noIdentifiers")
              ) : (
                <ul>
                  {side.identifiers.map(({ kind, value }) => (
                    <li key={`${kind} ${value}`}>
                      {word("common:identifier", kind)} {formatIdentifier(kind, value)}
                    </li>
                  ))}
                </ul>
              )}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

interface ReasonFieldProps {
  value: string;
  onChange: (value: string) => void;
}

export function ReasonField({ value, onChange }: ReasonFieldProps): ReactElement {
  const { t } = useTexts();
  return (
    <Textarea
      label={t("merging.reason")}
      description={t("merging.reasonHint")}
      required
      maxLength={500}
      autosize
      minRows={2}
      maxRows={5}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Why it can not be done as things stand, and what to do about it. */
export function MergeRefused({ error }: { error: unknown }): ReactElement | null {
  const { t, word } = useTexts();
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  const reason = problem.extra["reason"];
  if (problem.code !== "merge-refused" || typeof reason !== "string") return <Refused error={error} />;
  return (
    <Alert color="red" role="alert">
      {word("merging.refused", reason)} {t("adjusting.unchanged")}
    </Alert>
  );
}
