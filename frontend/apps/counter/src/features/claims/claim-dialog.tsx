// Crediting a receipt afterwards: what stands on it, then what it would earn, and only then the button that does it.
import { asProblem } from "@enishi/api/client.ts";
import type { ClaimEffect, ReceiptProof } from "@enishi/api/types.ts";
import { formatDate, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { ReceiptProofFields, digitsOf, useReceiptProof } from "@enishi/ui/claims/receipt-proof.tsx";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useScanTarget } from "../../shell/scan-target.ts";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import shell from "../../shell/dialog.module.css";
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
    <dialog ref={dialog} className={shell.dialog} data-narrow aria-labelledby={titleId} onClose={onClose}>
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

function Proof({ customerId, first, onCancel, onQuoted }: ProofProps): ReactElement {
  const { t } = useTexts();
  const [store, setStore] = useStoreChoice(first?.store);
  const form = useReceiptProof(first, store);
  const { proof, complete } = form;
  const quote = useClaimQuote(customerId);
  useScanTarget((code) => {
    quote.reset();
    form.setReceipt(code);
    // A scanner types: what it typed into the amount is taken out again.
    const typed = digitsOf(code);
    form.setTotal((before) => (typed !== "" && before.endsWith(typed) ? before.slice(0, -typed.length) : before));
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (complete && !quote.isPending) quote.mutate(proof, { onSuccess: (effect) => onQuoted(effect, proof) });
  };
  return (
    <form onSubmit={submit}>
      <p className={styles.lead}>{t("claims.lead")}</p>
      <div className={styles.fields}>
        <ReceiptProofFields
          form={form}
          fieldClass={styles.field}
          labels={{ receipt: t("claims.receipt"), on: t("claims.on"), total: t("claims.total") }}
          hint={t("claims.receiptHint")}
        >
          <StoreSelect label={t("claims.store")} store={store} disabled={quote.isPending} onChoose={setStore} />
        </ReceiptProofFields>
      </div>
      {quote.isError && <Refused error={quote.error} />}
      <footer>
        <button type="button" onClick={onCancel}>
          {t("claims.cancel")}
        </button>
        <button type="submit" className={shell.confirm} disabled={!complete || quote.isPending}>
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
          className={shell.confirm}
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
      <p className={shell.which}>
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
    <p className={shell.problem} role="alert">
      {t(wording)}
    </p>
  );
}

function Done({ done, onClose }: { done: ClaimEffect; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <div className={shell.done} role="status">
        <Icon name="check" size={36} />
        <strong className="enishi-figure">+{formatPoints(done.points)}</strong>
        {done.replayed && <p>{t("claims.already")}</p>}
      </div>
      <What effect={done} />
      <footer>
        <button type="button" className={shell.only} onClick={onClose}>
          {t("claims.done")}
        </button>
      </footer>
    </>
  );
}
