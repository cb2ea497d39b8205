/** A receipt on which no card was shown: what stands on it, what it earns, and then its points. */
import { request } from "@enishi/api/client.ts";
import type { ClaimEffect, ReceiptProof, StoreList } from "@enishi/api/types.ts";
import { formatDate, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { ReceiptProofFields, useReceiptProof } from "@enishi/ui/claims/receipt-proof.tsx";
import { Icon } from "@enishi/ui/icons.tsx";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { get, patience } from "../../queries.ts";
import { close } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "../giving/giving.module.css";
import { Refused } from "../giving/refused.tsx";

function send(path: string, proof: ReceiptProof): Promise<ClaimEffect> {
  return request<ClaimEffect>(path, { method: "POST", body: proof, signal: patience() });
}

export function ClaimSheet(): ReactElement {
  const [proof, setProof] = useState<ReceiptProof | null>(null);
  const [quoted, setQuoted] = useState<ClaimEffect | null>(null);
  const [done, setDone] = useState<ClaimEffect | null>(null);
  if (done !== null) return <Done done={done} />;
  if (quoted !== null && proof !== null) {
    return <Confirm proof={proof} quoted={quoted} onBack={() => setQuoted(null)} onDone={setDone} />;
  }
  return (
    <Proof
      first={proof}
      onQuoted={(effect, asked) => {
        setProof(asked);
        setQuoted(effect);
      }}
    />
  );
}

interface ProofProps {
  first: ReceiptProof | null;
  onQuoted: (effect: ClaimEffect, proof: ReceiptProof) => void;
}

function Proof({ first, onQuoted }: ProofProps): ReactElement {
  const { t } = useWords();
  const id = useId();
  const [store, setStore] = useState(first?.store ?? "");
  const form = useReceiptProof(first, store);
  const { proof, complete } = form;
  const { data } = useQuery({ queryKey: ["stores"], queryFn: () => get<StoreList>("/api/my/stores") });
  const quote = useMutation({
    mutationFn: (asked: ReceiptProof) => send("/api/my/claims:quote", asked),
    networkMode: "always",
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (complete && !quote.isPending) quote.mutate(proof, { onSuccess: (effect) => onQuoted(effect, proof) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.lead}>{t("giving.claimLead")}</p>
      <ReceiptProofFields
        form={form}
        fieldClass={styles.field}
        labels={{ receipt: t("claims.receipt"), on: t("claims.on"), total: t("claims.total") }}
      >
        <div className={styles.field}>
          <label htmlFor={`${id}store`}>{t("claims.store")}</label>
          <select id={`${id}store`} value={store} onChange={(event) => setStore(event.currentTarget.value)}>
            <option value="" disabled>
              {t("claims.chooseStore")}
            </option>
            {data?.stores.map((one) => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </select>
        </div>
      </ReceiptProofFields>
      {quote.isError && <Refused error={quote.error} />}
      <button type="submit" className={styles.confirm} disabled={!complete || quote.isPending}>
        {t(quote.isPending ? "claims.checking" : "claims.check")}
      </button>
    </form>
  );
}

function What({ effect }: { effect: ClaimEffect }): ReactElement {
  const { t, locale } = useWords();
  return (
    <>
      <p>
        <strong className="enishi-figure">{formatYen(effect.receipt.total_yen)}</strong>{" "}
        <span className={styles.quiet}>
          {effect.receipt.store.name} · {formatDateTime(effect.receipt.occurred_at, locale)}
        </span>
      </p>
      <dl className={styles.sum}>
        <div>
          <dt>{t("claims.earns")}</dt>
          <dd className="enishi-figure">{formatPoints(effect.points)}</dd>
        </div>
        {effect.awards.map((award, index) => (
          <div key={`${index}-${award.kind}`}>
            <dt>{award.sentence}</dt>
            <dd>{t("claims.until", { date: formatDate(award.expires_on, locale) })}</dd>
          </div>
        ))}
        {effect.pending.map((award, index) => (
          <div key={`pending-${index}-${award.kind}`}>
            <dt>
              {t("standing.pending")}
              {" · "}
              {award.when}
            </dt>
            <dd className="enishi-figure">{formatPoints(award.points)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("claims.after")}</dt>
          <dd className="enishi-figure">{formatPoints(effect.available)}</dd>
        </div>
      </dl>
      {effect.replayed && <p className={styles.quiet}>{t("claims.already")}</p>}
    </>
  );
}

interface ConfirmProps {
  proof: ReceiptProof;
  quoted: ClaimEffect;
  onBack: () => void;
  onDone: (done: ClaimEffect) => void;
}

function Confirm({ proof, quoted, onBack, onDone }: ConfirmProps): ReactElement {
  const { t } = useWords();
  const client = useQueryClient();
  const claim = useMutation({
    mutationFn: () => send("/api/my/claims", proof),
    onSuccess: () => {
      for (const key of ["card", "history"]) void client.invalidateQueries({ queryKey: [key] });
    },
    networkMode: "always",
  });
  return (
    <div className={styles.form}>
      <What effect={quoted} />
      {claim.isError && <Refused error={claim.error} />}
      <button
        type="button"
        className={styles.confirm}
        disabled={claim.isPending || quoted.replayed}
        onClick={() => claim.mutate(undefined, { onSuccess: onDone })}
      >
        {t(claim.isPending ? "claims.busy" : "claims.confirm", { points: formatPoints(quoted.points) })}
      </button>
      <button type="button" className={styles.second} disabled={claim.isPending} onClick={onBack}>
        {t("claims.back")}
      </button>
    </div>
  );
}

function Done({ done }: { done: ClaimEffect }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.form}>
      <div className={styles.done} role="status">
        <Icon name="check" size={36} />
        {t("giving.claimDone", { points: formatPoints(done.points) })}
      </div>
      <What effect={done} />
      <button type="button" className={styles.confirm} onClick={close}>
        {t("claims.done")}
      </button>
    </div>
  );
}
