/** What stands in place of content: while it loads, when it failed, when there is none. */
import { asProblem } from "@enishi/api/client.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import type { CSSProperties, ReactElement } from "react";
import styles from "./states.module.css";
import { useWords, type Word } from "./words.ts";

/** A grey bar of the size of what is coming, so that nothing jumps when it comes. */
export function Bone({ width, height }: { width: string; height: string }): ReactElement {
  return <span className={styles.bone} style={{ width, height } satisfies CSSProperties} />;
}

/** Bars for a list that is on its way. */
export function Bones({ rows, height = "3.5rem" }: { rows: number; height?: string }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.bones} role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Bone key={row} width="100%" height={height} />
      ))}
    </div>
  );
}

/** Which sentence fits a failure, in the member's words. */
export function reasonOf(error: unknown): Word {
  const { status } = asProblem(error);
  if (status === 0) return "problem.offline";
  if (status === 404) return "problem.notFound";
  if (status === 429) return "problem.tooMany";
  return "problem.server";
}

interface FailureProps {
  title: Word;
  error: unknown;
  onRetry: () => void;
}

/** What happened, what did not change, and a way to try again. */
export function Failure({ title, error, onRetry }: FailureProps): ReactElement {
  const { t } = useWords();
  const { status } = asProblem(error);
  return (
    <div className={styles.state} role="alert">
      <Icon name={status === 0 ? "offline" : "warning"} size={28} />
      <p className={styles.title}>{t(title)}</p>
      <p>{t(reasonOf(error))}</p>
      {status !== 404 && (
        <>
          <p className={styles.quiet}>{t("problem.unchanged")}</p>
          <button type="button" className={styles.retry} onClick={onRetry}>
            <Icon name="refresh" size={18} />
            {t("retry")}
          </button>
        </>
      )}
    </div>
  );
}

/** Nothing yet, and what to do so that there will be. */
export function Nothing({ icon, title, text }: { icon: IconName; title?: Word; text: Word }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.state}>
      <Icon name={icon} size={28} />
      {title !== undefined && <p className={styles.title}>{t(title)}</p>}
      <p>{t(text)}</p>
    </div>
  );
}
