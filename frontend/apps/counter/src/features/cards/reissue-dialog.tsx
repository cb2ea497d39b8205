// What a new card means, before it is issued. The old card is dead and the new one on the screen with one tap here.
import { asProblem } from "@enishi/api/client.ts";
import type { CardShown, NewCard } from "@enishi/api/types.ts";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { type Reason, useIssue } from "./queries.ts";
import styles from "./reissue-dialog.module.css";

const REASONS: readonly Reason[] = ["lost", "stolen", "damaged"];

interface DialogProps {
  customerId: string;
  card: CardShown | null;
  onClose: () => void;
  onIssued: (answer: NewCard) => void;
}

export function ReissueDialog({ customerId, card, onClose, onIssued }: DialogProps): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [reason, setReason] = useState<Reason>("lost");
  const [requestKey] = useState(() => crypto.getRandomValues(new Uint32Array(4)).join("-"));
  const issue = useIssue(customerId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{card === null ? t("cards.issue") : t("cards.confirmTitle")}</h2>
      {card !== null && (
        <>
          <p>{t("cards.confirmLead", { number: card.number })}</p>
          <p>{t("cards.balance")}</p>
          {card.ended_at === null && <Reasons reason={reason} onChoose={setReason} />}
        </>
      )}
      {issue.isError && (
        <p className={styles.problem} role="alert">
          {asProblem(issue.error).code === "too-many-cards" ? t("cards.tooMany") : t("cards.failed")}
        </p>
      )}
      <footer>
        <button type="button" onClick={() => dialog.current?.close()}>
          {t("cards.cancel")}
        </button>
        <button
          type="button"
          className={styles.confirm}
          disabled={issue.isPending}
          onClick={() => issue.mutate({ card, reason, requestKey }, { onSuccess: onIssued })}
        >
          {issue.isPending ? t("cards.busy") : card === null ? t("cards.issue") : t("cards.confirm")}
        </button>
      </footer>
    </dialog>
  );
}

function Reasons({ reason, onChoose }: { reason: Reason; onChoose: (reason: Reason) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <fieldset>
      <legend>{t("cards.why")}</legend>
      {REASONS.map((each) => (
        <label key={each}>
          <input type="radio" name="reason" checked={each === reason} onChange={() => onChoose(each)} />
          {t(`common:cards.reason.${each}` as "common:cards.reason.lost")}
        </label>
      ))}
    </fieldset>
  );
}
