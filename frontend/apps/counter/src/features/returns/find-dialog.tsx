// A return that begins at no visit: the receipt is found by its number, in whichever of the operator's stores it was
// printed, or there is none and the goods are described by hand.
import { asProblem } from "@enishi/api/client.ts";
import type { FoundReceipt } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useScanTarget } from "../../shell/scan-target.ts";
import { useTexts } from "../../shell/texts.ts";
import { HandReturn } from "./hand-return.tsx";
import { useFindReceipts } from "./queries.ts";
import shell from "../../shell/dialog.module.css";
import styles from "./find-dialog.module.css";
import { ReturnDialog } from "./return-dialog.tsx";

interface FindProps {
  /** The customer on the screen; null when goods come back without anybody's card. */
  customerId: string | null;
  onClose: () => void;
}

type Step = { name: "search" } | { name: "receipt"; purchaseId: string } | { name: "hand" };

export function FindReturn({ customerId, onClose }: FindProps): ReactElement {
  const [step, setStep] = useState<Step>({ name: "search" });
  if (step.name === "receipt") {
    return <ReturnDialog purchaseId={step.purchaseId} customerId={customerId} onClose={onClose} />;
  }
  return (
    <SearchDialog
      key={step.name}
      customerId={customerId}
      byHand={step.name === "hand"}
      onChoose={(purchaseId) => setStep({ name: "receipt", purchaseId })}
      onHand={(byHand) => setStep(byHand ? { name: "hand" } : { name: "search" })}
      onClose={onClose}
    />
  );
}

interface SearchProps {
  customerId: string | null;
  byHand: boolean;
  onChoose: (purchaseId: string) => void;
  onHand: (byHand: boolean) => void;
  onClose: () => void;
}

function SearchDialog({ customerId, byHand, onChoose, onHand, onClose }: SearchProps): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const onCancel = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={`${shell.dialog} ${styles.find}`} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{t(byHand ? "found.handTitle" : "found.title")}</h2>
      {byHand ? (
        <HandReturn customerId={customerId} onBack={() => onHand(false)} onClose={onCancel} />
      ) : (
        <Search customerId={customerId} onChoose={onChoose} onHand={() => onHand(true)} onCancel={onCancel} />
      )}
    </dialog>
  );
}

interface InputProps {
  customerId: string | null;
  onChoose: (purchaseId: string) => void;
  onHand: () => void;
  onCancel: () => void;
}

function Search({ customerId, onChoose, onHand, onCancel }: InputProps): ReactElement {
  const { t } = useTexts();
  const id = useId();
  const [number, setNumber] = useState("");
  const find = useFindReceipts();
  const search = (wanted: string): void => {
    if (wanted.trim() !== "") find.mutate(wanted.trim());
  };
  useScanTarget((code) => {
    setNumber(code);
    search(code);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    search(number);
  };
  const found = find.data?.receipts;
  return (
    <form onSubmit={submit}>
      <p className={styles.lead}>{t("found.lead")}</p>
      <div className={styles.search}>
        <label htmlFor={id}>{t("found.number")}</label>
        <input
          id={id}
          value={number}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}hint`}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <button type="submit" disabled={number.trim() === "" || find.isPending}>
          <Icon name="search" size={22} />
          {t(find.isPending ? "found.searching" : "found.search")}
        </button>
        <small id={`${id}hint`}>{t("found.hint")}</small>
      </div>
      <div aria-live="polite">
        {find.isError && (
          <p className={shell.problem} role="alert">
            {asProblem(find.error).unreachable ? t("common:error.offline") : t("common:error.unexpected")}
          </p>
        )}
        {found?.length === 0 && <p className={styles.none}>{t("found.none")}</p>}
        {found !== undefined && found.length > 0 && (
          <section aria-label={t("found.found")}>
            <h3>{t("found.found")}</h3>
            <ul className={styles.receipts}>
              {found.map((one) => (
                <Found key={one.purchase.purchase_id} found={one} customerId={customerId} onChoose={onChoose} />
              ))}
            </ul>
          </section>
        )}
      </div>
      <footer>
        <button type="button" onClick={onCancel}>
          {t("returns.cancel")}
        </button>
        <button type="button" className={styles.other} onClick={onHand}>
          {t("found.noReceipt")}
        </button>
      </footer>
    </form>
  );
}

interface FoundProps {
  found: FoundReceipt;
  customerId: string | null;
  onChoose: (purchaseId: string) => void;
}

function Found({ found, customerId, onChoose }: FoundProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { purchase } = found;
  const whose = found.customer_id === null ? "nobody" : found.customer_id === customerId ? "own" : "other";
  return (
    <li>
      <button type="button" onClick={() => onChoose(purchase.purchase_id)}>
        <span>
          <strong>{purchase.store.name}</strong>
          <small className="enishi-figure">{formatDateTime(purchase.occurred_at, locale)}</small>
        </span>
        <span>
          <b className="enishi-figure">{formatYen(purchase.total_yen)}</b>
          {found.returned_yen > 0 && (
            <small className={styles.returned}>
              {t("common:returns.yen", { amount: formatYen(found.returned_yen) })}
            </small>
          )}
        </span>
        <em data-whose={whose}>{t(`found.${whose}`)}</em>
        <Icon name="chevronRight" size={22} />
      </button>
    </li>
  );
}
