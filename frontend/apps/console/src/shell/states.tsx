// What a page shows instead of its content: nothing yet, nothing at all, or what went wrong.
import { asProblem, type Problem } from "@enishi/api/client.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "./texts.ts";
import styles from "./states.module.css";
import { useTitle } from "./title.ts";

interface EmptyProps {
  icon?: IconName;
  title: string;
  hint?: string;
  children?: ReactNode;
}

export function Empty({ icon = "search", title, hint, children }: EmptyProps): ReactElement {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={22} />
      </span>
      <p className={styles.title}>{title}</p>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {children}
    </div>
  );
}

/** One sentence for a person: what happened, in their language where the cause is ours to name. */
export function useProblemText(): (problem: Problem) => string {
  const { t } = useTexts();
  return (problem) => {
    if (problem.unreachable) return t("common:error.offline");
    if (problem.status === 403) return t("common:error.forbidden");
    if (problem.status === 404) return t("common:error.notFound");
    if (problem.status >= 500 || problem.status < 0) return t("common:error.unexpected");
    return problem.message;
  };
}

interface FailedProps {
  error: unknown;
  onRetry?: () => void;
}

/** What happened, that nothing was changed, and a way to try again. */
export function Failed({ error, onRetry }: FailedProps): ReactElement {
  const { t } = useTexts();
  const problem = asProblem(error);
  const text = useProblemText()(problem);
  const retryable = onRetry !== undefined && problem.status !== 403 && problem.status !== 404;
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon} data-tone="danger">
        <Icon name={problem.unreachable ? "offline" : "warning"} size={22} />
      </span>
      <p className={styles.title}>{t("common:error.title")}</p>
      <p className={styles.hint}>
        {text} {retryable && t("common:error.unchanged")}
      </p>
      {retryable && (
        <Button variant="default" size="sm" leftSection={<Icon name="refresh" size={16} />} onClick={onRetry}>
          {t("common:retry")}
        </Button>
      )}
    </div>
  );
}

export function Crashed({ error, reset }: ErrorComponentProps): ReactElement {
  return (
    <div className={styles.page}>
      <Failed error={error} onRetry={reset} />
    </div>
  );
}

export function NotFound(): ReactElement {
  const { t } = useTexts();
  useTitle(t("notFound.title"));
  return (
    <div className={styles.page}>
      <Empty title={t("notFound.title")} hint={t("notFound.hint")}>
        <Button component={Link} to="/" variant="default" size="sm">
          {t("notFound.home")}
        </Button>
      </Empty>
    </div>
  );
}
