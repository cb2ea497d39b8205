// Crediting a receipt afterwards: what stands on it, then what it would earn, and only then the button that does it.
import { asProblem } from "@enishi/api/client.ts";
import type { ClaimEffect, ReceiptProof } from "@enishi/api/types.ts";
import { dayKey, formatDate, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useScanTarget } from "../../shell/scan-target.ts";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import styles from "./claim-dialog.module.css";
import { useClaim, useClaimQuote } from "./queries.ts";

interface DialogProps {
  customerId: string;
  onClose: () => void;
}

export function ClaimDialog({ customerId, onClose }: DialogProps): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [proof, setProof] = useState<ReceiptProof | null>(null);
  const [quoted, setQuoted] = useState<ClaimEffect | null>(null);
  const [done, setDone] = useState<ClaimEffect | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{t(done === null ? "claims.title" : "claims.doneTitle")}</h2>
      {done !== null ? (
        <Done done={done} onClose={close} />
      ) : quoted !== null && proof !== null ? (
        <Review
          customerId={customerId}
          proof={proof}
          quoted={quoted}
          onBack={() => setQuoted(null)}
          onDone={setDone}
        />
      ) : (
        <Proof
          customerId={customerId}
          first={proof}
          onCancel={close}
          onQuoted={(effect, asked) => {
            setProof(asked);
            setQuoted(effect);
          }}
        />
      )}
    </dialog>
  );
}

interface ProofProps {
  customerId: string;
  first: ReceiptProof | null;
  onCancel: () => void;
  onQuoted: (effect: ClaimEffect, proof: ReceiptProof) => void;
}

const digits = (text: string): string => text.normalize("NFKC").replace(/\D/g, "").slice(0, 9);

function Proof({ customerId, first, onCancel, onQuoted }: ProofProps): ReactElement {
  const { t } = useTexts();
  const ids = useId();
  const today = dayKey(new Date().toISOString());
  const [receipt, setReceipt] = useState(first?.receipt ?? "");
  const [on, setOn] = useState(first?.on ?? today);
  const [total, setTotal] = useState(first === null ? "" : String(first.total_yen));
  const [store, setStore] = useStoreChoice(first?.store);
  const quote = useClaimQuote(customerId);
  useScanTarget((code) => {
    quote.reset();
    setReceipt(code);
    // A scanner types: what it typed into the amount is taken out again.
    const typed = digits(code);
    setTotal((before) => (typed !== "" && before.endsWith(typed.slice(0, 9)) ? before.slice(0, -typed.length) : before));
  });
  const proof: ReceiptProof = { receipt: receipt.trim(), store, on, total_yen: Number(total) };
  const complete = proof.receipt !== "" && store !== "" && on !== "" && total !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (complete && !quote.isPending) quote.mutate(proof, { onSuccess: (effect) => onQuoted(effect, proof) });
  };
  return (
    <form onSubmit={submit}>
      <p className={styles.lead}>{t("claims.lead")}</p>
      <div className={styles.fields}>
        <div className={styles.field} data-wide>
          <label htmlFor={`${ids}receipt`}>{t("claims.receipt")}</label>
          <input
            id={`${ids}receipt`}
            value={receipt}
            maxLength={128}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${ids}hint`}
            onChange={(event) => setReceipt(event.currentTarget.value)}
          />
          <small id={`${ids}hint`}>{t("claims.receiptHint")}</small>
        </div>
        <StoreSelect label={t("claims.store")} store={store} disabled={quote.isPending} onChoose={setStore} />
        <div className={styles.field}>
          <label htmlFor={`${ids}on`}>{t("claims.on")}</label>
          <input
            id={`${ids}on`}
            type="date"
            value={on}
            max={today}
            onChange={(event) => setOn(event.currentTarget.value)}
          />
        </div>
        <div className={styles.field}>
          <label htmlFor={`${ids}total`}>{t("claims.total")}</label>
          <input
            id={`${ids}total`}
            inputMode="numeric"
            autoComplete="off"
            value={total}
            onChange={(event) => setTotal(digits(event.currentTarget.value))}
          />
        </div>
      </div>
      {quote.isError && <Refused error={quote.error} />}
      <footer>
        <button type="button" onClick={onCancel}>
          {t("claims.cancel")}
        </button>
        <button type="submit" className={styles.confirm} disabled={!complete || quote.isPending}>
          {t(quote.isPending ? "claims.checking" : "claims.check")}
        </button>
      </footer>
    </form>
  );
}

interface ReviewProps {
  customerId: string;
  proof: ReceiptProof;
  quoted: ClaimEffect;
  onBack: () => void;
  onDone: (done: ClaimEffect) => void;
}

function Review({ customerId, proof, quoted, onBack, onDone }: ReviewProps): ReactElement {
  const { t } = useTexts();
  const claim = useClaim(customerId);
  const points = formatPoints(quoted.points);
  return (
    <>
      <What effect={quoted} />
      {quoted.replayed && <p className={styles.note}>{t("claims.already")}</p>}
      {claim.isError && <Refused error={claim.error} />}
      <footer>
        <button type="button" disabled={claim.isPending} onClick={onBack}>
          {t("claims.back")}
        </button>
        <button
          type="button"
          className={styles.confirm}
          disabled={claim.isPending || quoted.replayed}
          onClick={() => claim.mutate(proof, { onSuccess: onDone })}
        >
          {claim.isPending
            ? t("claims.busy")
            : quoted.points === 0
              ? t("claims.confirmNothing")
              : t("claims.confirm", { points })}
        </button>
      </footer>
    </>
  );
}

/** The receipt, what it earns and why, and what can be used then. */
function What({ effect }: { effect: ClaimEffect }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { receipt } = effect;
  return (
    <>
      <p className={styles.which}>
        <strong className="enishi-figure">{formatYen(receipt.total_yen)}</strong>
        <span>{receipt.store.name}</span>
        <span className="enishi-figure">{formatDateTime(receipt.occurred_at, locale)}</span>
        <span>{t("customer.items", { n: receipt.lines_count })}</span>
        <span className="enishi-figure">{receipt.external_id}</span>
      </p>
      <section className={styles.earns} aria-label={t("claims.earns")}>
        <h3>{t("claims.earns")}</h3>
        <strong className="enishi-figure">{formatPoints(effect.points)}</strong>
        {effect.awards.length + effect.pending.length === 0 && <p>{t("claims.nothing")}</p>}
        <ul>
          {effect.awards.map((award, index) => (
            <li key={`${index}-${award.kind}`}>
              <p>{award.sentence}</p>
              <small>
                {t(`common:kind.${award.kind}`)} · {t("claims.until", { date: formatDate(award.expires_on, locale) })}
              </small>
            </li>
          ))}
          {effect.pending.map((award, index) => (
            <li key={`pending-${index}-${award.kind}`}>
              <p>
                {t("common:standing.pending")} <b className="enishi-figure">{formatPoints(award.points)}</b>
              </p>
              <small>{award.when}</small>
            </li>
          ))}
        </ul>
        <p className={styles.after}>
          <span>{t("claims.after")}</span>
          <b className="enishi-figure">{formatPoints(effect.available)}</b>
        </p>
      </section>
    </>
  );
}

function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useTexts();
  const { code, extra, unreachable, status } = asProblem(error);
  const reason = extra["reason"];
  const why = { claimed: "claims.claimed", late: "claims.late", returned: "claims.returned" } as const;
  const wording = unreachable
    ? "claims.offline"
    : code === "not-claimable" && typeof reason === "string" && reason in why
      ? why[reason as keyof typeof why]
      : code === "unknown-receipt"
        ? "claims.unknown"
        : status === 403 || status === 404
          ? "claims.forbidden"
          : status === 422
            ? "claims.invalid"
            : "claims.failed";
  return (
    <p className={styles.problem} role="alert">
      {t(wording)}
    </p>
  );
}

function Done({ done, onClose }: { done: ClaimEffect; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <div className={styles.done} role="status">
        <Icon name="check" size={36} />
        <strong className="enishi-figure">+{formatPoints(done.points)}</strong>
        {done.replayed && <p>{t("claims.already")}</p>}
      </div>
      <What effect={done} />
      <footer>
        <button type="button" className={styles.only} onClick={onClose}>
          {t("claims.done")}
        </button>
      </footer>
    </>
  );
}
