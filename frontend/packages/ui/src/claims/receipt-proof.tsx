// What proves that a receipt is at hand: its number, store, day and total, as whoever holds it types them in. The store
// is chosen by each face in its own way.
import type { ReceiptProof } from "@enishi/api/types.ts";
import { dayKey } from "@enishi/i18n/format.ts";
import { type ReactElement, type ReactNode, useId, useState } from "react";

const LONGEST_TOTAL = 9;

/** The digits of an amount, in whichever width they were typed. */
export function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/\D/g, "").slice(0, LONGEST_TOTAL);
}

export interface ProofForm {
  proof: ReceiptProof;
  complete: boolean;
  today: string;
  receipt: string;
  setReceipt: (receipt: string) => void;
  on: string;
  setOn: (on: string) => void;
  total: string;
  setTotal: (change: (before: string) => string) => void;
}

/** The form's state; `first` is what was typed in before. */
export function useReceiptProof(first: ReceiptProof | null, store: string): ProofForm {
  const today = dayKey(new Date().toISOString());
  const [receipt, setReceipt] = useState(first?.receipt ?? "");
  const [on, setOn] = useState(first?.on ?? today);
  const [total, setTotal] = useState(first === null ? "" : String(first.total_yen));
  const proof: ReceiptProof = { receipt: receipt.trim(), store, on, total_yen: Number(total) };
  const complete = proof.receipt !== "" && store !== "" && on !== "" && proof.total_yen > 0;
  return { proof, complete, today, receipt, setReceipt, on, setOn, total, setTotal };
}

interface FieldsProps {
  form: ProofForm;
  fieldClass: string | undefined;
  labels: { receipt: string; on: string; total: string };
  hint?: string;
  /** The choice of the store, which stands after the number. */
  children: ReactNode;
}

export function ReceiptProofFields({ form, fieldClass, labels, hint, children }: FieldsProps): ReactElement {
  const ids = useId();
  return (
    <>
      <div className={fieldClass} data-wide>
        <label htmlFor={`${ids}receipt`}>{labels.receipt}</label>
        <input
          id={`${ids}receipt`}
          value={form.receipt}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={hint === undefined ? undefined : `${ids}hint`}
          onChange={(event) => form.setReceipt(event.currentTarget.value)}
        />
        {hint !== undefined && <small id={`${ids}hint`}>{hint}</small>}
      </div>
      {children}
      <div className={fieldClass}>
        <label htmlFor={`${ids}on`}>{labels.on}</label>
        <input
          id={`${ids}on`}
          type="date"
          max={form.today}
          value={form.on}
          onChange={(event) => form.setOn(event.currentTarget.value)}
        />
      </div>
      <div className={fieldClass}>
        <label htmlFor={`${ids}total`}>{labels.total}</label>
        <input
          id={`${ids}total`}
          inputMode="numeric"
          autoComplete="off"
          value={form.total}
          onChange={(event) => {
            const typed = digitsOf(event.currentTarget.value);
            form.setTotal(() => typed);
          }}
        />
      </div>
    </>
  );
}
