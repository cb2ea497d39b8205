/** Moving points to somebody, in three steps: what, whether that is right, and what has happened. */
import type { MyTransfers, TransferShown } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { close } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./giving.module.css";
import { newRequestId, type Order, useQuoteTransfer, useTransfer } from "./queries.ts";
import { Refused } from "./refused.tsx";

export function digits(text: string): string {
  return text.normalize("NFKC").replace(/\D/g, "").replace(/^0+/, "").slice(0, 9);
}

export function TransferForm({ page, way }: { page: MyTransfers; way: Order["way"] }): ReactElement {
  const [to, setTo] = useState("");
  const [points, setPoints] = useState("");
  const [quoted, setQuoted] = useState<TransferShown | null>(null);
  const [done, setDone] = useState<TransferShown | null>(null);
  const order: Order = way === "gift" ? { way, to: to.trim(), points: Number(points) } : { way, points: Number(points) };
  if (done !== null) return <Done done={done} way={way} />;
  if (quoted !== null) return <Confirm order={order} quoted={quoted} onBack={() => setQuoted(null)} onDone={setDone} />;
  return (
    <What
      page={page}
      order={order}
      typed={{ to, points }}
      onTo={setTo}
      onPoints={(next) => setPoints(digits(next))}
      onQuoted={setQuoted}
    />
  );
}

interface WhatProps {
  page: MyTransfers;
  order: Order;
  typed: { to: string; points: string };
  onTo: (to: string) => void;
  onPoints: (points: string) => void;
  onQuoted: (quoted: TransferShown) => void;
}

function What({ page, order, typed, onTo, onPoints, onQuoted }: WhatProps): ReactElement {
  const { t } = useWords();
  const id = useId();
  const quote = useQuoteTransfer();
  const gift = order.way === "gift";
  const complete = order.points > 0 && (!gift || typed.to.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (complete && !quote.isPending) quote.mutate(order, { onSuccess: onQuoted });
  };
  const { each, left_today: left, fee } = page.terms;
  return (
    <form className={styles.form} onSubmit={submit}>
      {gift && (
        <div className={styles.field}>
          <label htmlFor={`${id}to`}>{t("giving.to")}</label>
          <input
            id={`${id}to`}
            inputMode="tel"
            autoComplete="off"
            maxLength={64}
            value={typed.to}
            onChange={(event) => onTo(event.currentTarget.value)}
          />
        </div>
      )}
      <div className={styles.field}>
        <label htmlFor={`${id}points`}>{t(gift ? "giving.points" : "giving.poolPoints")}</label>
        <input
          id={`${id}points`}
          inputMode="numeric"
          autoComplete="off"
          value={typed.points}
          aria-describedby={`${id}terms`}
          onChange={(event) => onPoints(event.currentTarget.value)}
        />
        <small id={`${id}terms`}>
          {t("giving.have", { points: formatPoints(page.available) })}
          {gift && (
            <>
              {" · "}
              {t("giving.limit", { each: formatPoints(each), left: formatPoints(left) })}{" "}
              {fee > 0 ? t("giving.fee", { fee: formatPoints(fee) }) : t("giving.noFee")}
            </>
          )}
        </small>
      </div>
      {quote.isError && <Refused error={quote.error} />}
      <button type="submit" className={styles.confirm} disabled={!complete || quote.isPending}>
        {t(quote.isPending ? "giving.checking" : "giving.next")}
      </button>
    </form>
  );
}

interface ConfirmProps {
  order: Order;
  quoted: TransferShown;
  onBack: () => void;
  onDone: (done: TransferShown) => void;
}

function Confirm({ order, quoted, onBack, onDone }: ConfirmProps): ReactElement {
  const { t } = useWords();
  const [requestId] = useState(newRequestId);
  const transfer = useTransfer(requestId);
  const gift = order.way === "gift";
  return (
    <div className={styles.form}>
      <h3>{t("giving.confirmTitle")}</h3>
      <dl className={styles.sum}>
        <div>
          <dt>{t("giving.recipient")}</dt>
          <dd>{t("giving.honorific", { name: quoted.recipient })}</dd>
        </div>
        <div>
          <dt>{t(gift ? "giving.points" : "giving.poolPoints")}</dt>
          <dd className="enishi-figure">{formatPoints(quoted.points)}</dd>
        </div>
        {quoted.fee > 0 && (
          <div>
            <dt>{t("giving.feeName")}</dt>
            <dd className="enishi-figure">{formatPoints(quoted.fee)}</dd>
          </div>
        )}
        <div>
          <dt>{t("giving.after")}</dt>
          <dd className="enishi-figure">{formatPoints(quoted.available_after)}</dd>
        </div>
      </dl>
      {gift && <p className={styles.quiet}>{t("giving.masked")}</p>}
      {transfer.isError && <Refused error={transfer.error} />}
      <button
        type="button"
        className={styles.confirm}
        disabled={transfer.isPending}
        onClick={() => transfer.mutate(order, { onSuccess: onDone })}
      >
        {transfer.isPending
          ? t("giving.busy")
          : t(gift ? "giving.give" : "giving.poolGive", { points: formatPoints(quoted.points) })}
      </button>
      <button type="button" className={styles.second} disabled={transfer.isPending} onClick={onBack}>
        {t("giving.back")}
      </button>
    </div>
  );
}

function Done({ done, way }: { done: TransferShown; way: Order["way"] }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.form}>
      <div className={styles.done} role="status">
        <Icon name="check" size={36} />
        {t(way === "gift" ? "giving.done" : "giving.pooled", {
          name: done.recipient,
          points: formatPoints(done.points),
        })}
      </div>
      <dl className={styles.sum}>
        <div>
          <dt>{t("giving.after")}</dt>
          <dd className="enishi-figure">{formatPoints(done.available_after)}</dd>
        </div>
      </dl>
      <button type="button" className={styles.confirm} onClick={close}>
        {t("giving.close")}
      </button>
    </div>
  );
}
