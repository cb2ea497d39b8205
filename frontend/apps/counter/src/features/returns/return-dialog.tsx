// Taking goods back: what comes back, what that pays back and does to points, and then what to hand over. Nothing is
// written before the last button, and pressing that again never returns anything twice.
import { asProblem } from "@enishi/api/client.ts";
import type { PurchaseDetail, ReturnDone } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import { type Chosen, chooseAll, newRequestId, NOTHING } from "./chosen.ts";
import { Effect } from "./effect.tsx";
import { Goods } from "./goods.tsx";
import { Policy } from "./policy.tsx";
import { useQuote, useReceipt, useReturn } from "./queries.ts";
import shell from "../../shell/dialog.module.css";
import styles from "./return-dialog.module.css";

interface DialogProps {
  purchaseId: string;
  /** The customer on the screen, if there is one. */
  customerId: string | null;
  onClose: () => void;
}

export function ReturnDialog({ purchaseId, customerId, onClose }: DialogProps): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [done, setDone] = useState<ReturnDone | null>(null);
  const receipt = useReceipt(purchaseId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={shell.dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{t(done === null ? "returns.title" : "returns.doneTitle")}</h2>
      {done !== null ? (
        <Done done={done} onClose={close} />
      ) : receipt.data !== undefined ? (
        <Choice
          receipt={receipt.data}
          customerId={customerId}
          onStale={() => void receipt.refetch()}
          onDone={setDone}
          onCancel={close}
        />
      ) : receipt.isError ? (
        <Unread onRetry={() => void receipt.refetch()} onCancel={close} />
      ) : (
        <div className={styles.skeleton} role="status" aria-label={t("common:loading")} />
      )}
    </dialog>
  );
}

interface ChoiceProps {
  receipt: PurchaseDetail;
  customerId: string | null;
  onStale: () => void;
  onDone: (done: ReturnDone) => void;
  onCancel: () => void;
}

function Choice({ receipt, customerId, onStale, onDone, onCancel }: ChoiceProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [requestId, setRequestId] = useState(newRequestId);
  const [chosen, setChosen] = useState<Chosen>(NOTHING);
  const [stale, setStale] = useState(false);
  const [store, setStore] = useStoreChoice(receipt.store.code);
  const quote = useQuote(receipt.purchase_id, chosen, store);
  const record = useReturn(receipt.purchase_id, customerId, requestId);
  const all = chooseAll(receipt.lines);
  // Another choice is another request: under the old name it would be refused as a repeat that differs.
  const change = (next: Chosen): void => {
    record.reset();
    setStale(false);
    setRequestId(newRequestId());
    setChosen(next);
  };
  const startAgain = (): void => {
    change(NOTHING);
    setStale(true);
    onStale();
  };
  const gone = quote.isError && asProblem(quote.error).code === "invalid-return";
  const confirm = (): void =>
    record.mutate({ chosen, store }, {
      onSuccess: onDone,
      onError: (error) => {
        if (asProblem(error).code === "invalid-return") startAgain();
      },
    });
  useEffect(() => {
    if (gone) startAgain();
  });
  const effect = chosen.size === 0 ? undefined : quote.data;
  const problem = record.isError ? record.error : quote.isError ? quote.error : null;
  return (
    <>
      <p className={shell.which}>
        <strong className="enishi-figure">{formatYen(receipt.total_yen)}</strong>
        <span>{t("found.bought", { store: receipt.store.name })}</span>
        <span className="enishi-figure">{formatDateTime(receipt.occurred_at, locale)}</span>
      </p>
      {receipt.customer_id !== customerId && (
        <p className={styles.whose}>{t(receipt.customer_id === null ? "found.nobodys" : "found.notOwn")}</p>
      )}
      <div className={styles.columns}>
        <Goods
          lines={receipt.lines}
          chosen={chosen}
          all={all}
          disabled={record.isPending}
          onChange={change}
        />
        <div>
          <Effect effect={effect} counting={chosen.size > 0 && (quote.isFetching || quote.isPlaceholderData)} />
          <div className={styles.store}>
            <StoreSelect
              label={t("found.store")}
              store={store}
              disabled={record.isPending}
              onChoose={(code) => {
                setStore(code);
                change(chosen);
              }}
            />
          </div>
          <Policy purchaseId={receipt.purchase_id} />
        </div>
      </div>
      {stale && (
        <p className={shell.problem} role="alert">
          {t("returns.changed")}
        </p>
      )}
      {problem !== null && <Refused error={problem} />}
      <footer>
        <button type="button" onClick={onCancel}>
          {t("returns.cancel")}
        </button>
        <button
          type="button"
          className={shell.confirm}
          disabled={effect === undefined || quote.isPlaceholderData || quote.isError || record.isPending}
          onClick={confirm}
        >
          {record.isPending
            ? t("returns.busy")
            : effect === undefined || quote.isPlaceholderData
              ? t("returns.open")
              : t("returns.confirm", { amount: formatYen(effect.pay_back_yen) })}
        </button>
      </footer>
    </>
  );
}

export function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useTexts();
  const { code, unreachable, status } = asProblem(error);
  const wording = unreachable
    ? "returns.offline"
    : code === "points-already-spent"
      ? "returns.spent"
      : code === "account-frozen"
        ? "returns.frozen"
        : status === 403 || status === 404
          ? "returns.forbidden"
          : "returns.failed";
  return (
    <p className={shell.problem} role="alert">
      {t(wording)}
    </p>
  );
}

function Unread({ onRetry, onCancel }: { onRetry: () => void; onCancel: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <p className={shell.problem} role="alert">
        {t("returns.unread")}
      </p>
      <footer>
        <button type="button" onClick={onCancel}>
          {t("returns.cancel")}
        </button>
        <button type="button" className={shell.confirm} onClick={onRetry}>
          {t("common:retry")}
        </button>
      </footer>
    </>
  );
}

/** What to hand over, in the largest figures of the counter. */
export function Done({ done, onClose }: { done: ReturnDone; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <div className={shell.done} role="status">
        <Icon name="check" size={36} />
        <p>{t("returns.doneLead")}</p>
        <strong className="enishi-figure">{formatYen(done.effect.pay_back_yen)}</strong>
      </div>
      <Effect effect={done.effect} counting={false} past />
      <footer>
        <button type="button" className={shell.only} onClick={onClose}>
          {t("returns.done")}
        </button>
      </footer>
    </>
  );
}
