// What stands beside the points that can be spent, and what else has moved points lately, each with its "why?".
import type { Entry, Standing } from "@enishi/api/types.ts";
import { formatDate, formatTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { StandingLists } from "@enishi/ui/standing.tsx";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Move } from "./visits.tsx";
import styles from "./standing.module.css";
import visits from "./visits.module.css";

export function Frozen({ since }: { since: string }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.frozen} role="status">
      <Icon name="warning" size={26} />
      <div>
        <strong>{t("standing.frozen")}</strong>
        <p>{t("standing.frozenLead", { date: formatDate(since, locale) })}</p>
      </div>
    </div>
  );
}

export function Apart({ standing }: { standing: Standing }): ReactElement | null {
  const { t } = useTexts();
  if (standing.pending.length === 0 && standing.holds.length === 0) return null;
  return (
    <section className={styles.apart} aria-label={t("common:standing.title")}>
      <StandingLists standing={standing} />
    </section>
  );
}

interface MovementsProps {
  movements: Entry[];
  online: boolean;
  onWhy: (entryId: string) => void;
}

export function Movements({ movements, online, onWhy }: MovementsProps): ReactElement | null {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  if (movements.length === 0) return null;
  return (
    <section className={visits.visits}>
      <h2>{t("standing.movements")}</h2>
      <ol>
        {movements.map((entry) => (
          <li key={entry.entry_id}>
            <div className={visits.when}>
              <strong>{formatDate(entry.occurred_at, locale)}</strong>
              <small className="enishi-figure">
                {formatTime(entry.occurred_at)} · {word("common:entryType", entry.type)}
              </small>
            </div>
            <p className={styles.summary}>{entry.summary}</p>
            <div className={visits.moves}>
              <Move entry={entry} online={online} onWhy={onWhy} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
