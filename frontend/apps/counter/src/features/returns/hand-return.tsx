// A return without a receipt: the goods by hand, what that would do by the programme's policy, and then doing it, once.
import type { ReturnDone } from "@enishi/api/types.ts";
import { formatCount, formatYen } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, useDeferredValue, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import { digitsOf, emptyGoods, goodsToSend, MOST_PIECES, type TypedGoods } from "./by-hand.ts";
import { newRequestId } from "./chosen.ts";
import { Effect } from "./effect.tsx";
import dialog from "../../shell/dialog.module.css";
import styles from "./hand-return.module.css";
import { Policy } from "./policy.tsx";
import { useHandQuote, useHandReturn } from "./queries.ts";
import { Done, Refused } from "./return-dialog.tsx";

interface HandProps {
  customerId: string | null;
  onBack: () => void;
  onClose: () => void;
}

const RATES = [10, 8] as const;

export function HandReturn({ customerId, onBack, onClose }: HandProps): ReactElement {
  const { t } = useTexts();
  const [rows, setRows] = useState<TypedGoods[]>([emptyGoods(1)]);
  const [requestId, setRequestId] = useState(newRequestId);
  const [store, setStore] = useStoreChoice();
  const [done, setDone] = useState<ReturnDone | null>(null);
  const goods = goodsToSend(rows, t("found.item"));
  const body = goods === null || store === "" ? null : { store, customer_id: customerId, goods };
  const quote = useHandQuote(useDeferredValue(body));
  const record = useHandReturn(customerId, requestId);
  // Other goods are another request: under the old name they would be refused as a repeat that differs.
  const change = (next: TypedGoods[]): void => {
    record.reset();
    setRequestId(newRequestId());
    setRows(next);
  };
  if (done !== null) return <Done done={done} onClose={onClose} />;
  const effect = body === null ? undefined : quote.data;
  const problem = record.isError ? record.error : quote.isError ? quote.error : null;
  const counting = body !== null && (quote.isFetching || quote.isPlaceholderData);
  return (
    <>
      <p className={styles.lead}>{t("found.handLead")}</p>
      {customerId === null && <p className={styles.lead}>{t("found.without")}</p>}
      <div className={styles.columns}>
        <section className={styles.rows} aria-label={t("found.handLead")}>
          <StoreSelect
            label={t("found.store")}
            store={store}
            disabled={record.isPending}
            onChoose={(code) => {
              setStore(code);
              change(rows);
            }}
          />
          {rows.map((row, index) => (
            <Row
              key={row.id}
              row={row}
              number={index + 1}
              only={rows.length === 1}
              disabled={record.isPending}
              onChange={(next) => change(rows.map((one) => (one.id === row.id ? next : one)))}
              onRemove={() => change(rows.filter((one) => one.id !== row.id))}
            />
          ))}
          <button
            type="button"
            className={styles.add}
            disabled={record.isPending || rows.length >= 20}
            onClick={() => change([...rows, emptyGoods(Math.max(...rows.map((row) => row.id)) + 1)])}
          >
            <Icon name="earn" size={20} />
            {t("found.add")}
          </button>
        </section>
        <div>
          <Effect effect={effect} counting={counting} />
          <Policy purchaseId={null} />
        </div>
      </div>
      {problem !== null && <Refused error={problem} />}
      <footer>
        <button type="button" disabled={record.isPending} onClick={onBack}>
          {t("found.back")}
        </button>
        <button
          type="button"
          className={dialog.confirm}
          disabled={effect === undefined || body === null || counting || quote.isError || record.isPending}
          onClick={() => body !== null && record.mutate(body, { onSuccess: setDone })}
        >
          {record.isPending
            ? t("returns.busy")
            : effect === undefined || counting
              ? t("returns.open")
              : t("returns.confirm", { amount: formatYen(effect.pay_back_yen) })}
        </button>
      </footer>
    </>
  );
}

interface RowProps {
  row: TypedGoods;
  number: number;
  only: boolean;
  disabled: boolean;
  onChange: (row: TypedGoods) => void;
  onRemove: () => void;
}

function Row({ row, number, only, disabled, onChange, onRemove }: RowProps): ReactElement {
  const { t } = useTexts();
  const n = formatCount(number);
  return (
    <fieldset className={styles.row} disabled={disabled}>
      <legend className="enishi-visually-hidden">{`${t("found.item")} ${n}`}</legend>
      <label className={styles.name}>
        <span>{t("found.name")}</span>
        <input
          value={row.name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => onChange({ ...row, name: event.currentTarget.value })}
        />
      </label>
      <label>
        <span>{t("found.price")}</span>
        <input
          inputMode="numeric"
          autoComplete="off"
          className="enishi-figure"
          value={row.price}
          onChange={(event) => onChange({ ...row, price: digitsOf(event.currentTarget.value) })}
        />
      </label>
      <div className={styles.stepper} role="group" aria-label={t("found.quantity", { n })}>
        <button
          type="button"
          aria-label={t("found.fewer")}
          disabled={row.quantity <= 1}
          onClick={() => onChange({ ...row, quantity: row.quantity - 1 })}
        >
          <Icon name="spend" size={24} />
        </button>
        <output className="enishi-figure">{formatCount(row.quantity)}</output>
        <button
          type="button"
          aria-label={t("found.more")}
          disabled={row.quantity >= MOST_PIECES}
          onClick={() => onChange({ ...row, quantity: row.quantity + 1 })}
        >
          <Icon name="earn" size={24} />
        </button>
      </div>
      <div className={styles.rates} role="group" aria-label={t("found.rate")}>
        {RATES.map((rate) => (
          <button key={rate} type="button" aria-pressed={row.rate === rate} onClick={() => onChange({ ...row, rate })}>
            {t("found.rateOf", { rate })}
          </button>
        ))}
      </div>
      {!only && (
        <button type="button" className={styles.remove} aria-label={t("found.remove", { n })} onClick={onRemove}>
          <Icon name="close" size={20} />
        </button>
      )}
    </fieldset>
  );
}
