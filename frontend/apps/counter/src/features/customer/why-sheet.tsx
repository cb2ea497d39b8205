// "Why?" over the customer: a native dialog, so that focus stays inside and Escape closes it.
import { asProblem } from "@enishi/api/client.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Why } from "@enishi/ui/why.tsx";
import { type ReactElement, useEffect, useRef } from "react";
import { useTexts } from "../../shell/texts.ts";
import { useExplanation } from "./queries.ts";
import styles from "./why-sheet.module.css";

export function WhySheet({ entryId, onClose }: { entryId: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const { data, error, isError, refetch } = useExplanation(entryId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.sheet}
      aria-labelledby="why-title"
      onClose={onClose}
      onClick={(event) => {
        // The dialog's own box fills it with its children; a click on the element itself is a click on the backdrop.
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className={styles.body}>
        <header>
          <h2 id="why-title">{t("common:why.title")}</h2>
          <button type="button" aria-label={t("common:close")} onClick={() => dialog.current?.close()}>
            <Icon name="close" size={24} />
          </button>
        </header>
        {data !== undefined && <Why explanation={data} />}
        {data === undefined && !isError && <div className={styles.skeleton} role="status" aria-label={t("common:loading")} />}
        {data === undefined && isError && (
          <div role="alert" className={styles.failure}>
            <p>{asProblem(error).unreachable ? t("offline.whyUnavailable") : t("common:error.unexpected")}</p>
            <button type="button" onClick={() => void refetch()}>
              {t("common:retry")}
            </button>
          </div>
        )}
      </div>
    </dialog>
  );
}
