// Booking in one place: service, with whom, day, time, and then what is booked before it is. Moving a booking is the
// same without the choice of the service. Nothing is written before the last button.
import { asProblem } from "@enishi/api/client.ts";
import type { BookableStore, Booking, Slot } from "@enishi/api/types.ts";
import { formatDateTime, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { addDays, minutesOf, newRequestId } from "./days.ts";
import { type Place, SLOT_DAYS, useBook, useJoinWaits, useMove, useSlots, useStores } from "./requests.ts";
import styles from "./reservations.module.css";
import { Days, Times, WhyNot } from "./slots.tsx";

interface FlowProps {
  place: Place;
  /** The booking that is moved; null books a new one. */
  moving?: Booking | null;
  /** The store to begin with. */
  store?: string | undefined;
  onDone: (booking: Booking) => void;
}

export function BookingFlow(props: FlowProps): ReactElement {
  const { t } = useTranslation("common");
  const { data, isError, refetch } = useStores(props.place);
  if (isError) return <Unread onRetry={() => void refetch()} />;
  if (data === undefined) return <div className={styles.skeleton} role="status" aria-label={t("loading")} />;
  const wanted = props.moving?.store ?? props.store;
  const first = data.stores.find(({ code }) => code === wanted) ?? data.stores[0];
  if (first === undefined) return <p className={styles.quiet}>{t("reservations.none")}</p>;
  return <Choices {...props} stores={data.stores} first={first} />;
}

function Choices({
  place,
  moving = null,
  onDone,
  stores,
  first,
}: FlowProps & { stores: BookableStore[]; first: BookableStore }): ReactElement {
  const { t } = useTranslation("common");
  const [storeCode, setStore] = useState(first.code);
  const [serviceCode, setService] = useState(moving?.service ?? (first.services.length === 1 ? first.services[0]?.code : undefined) ?? "");
  const [choice, setChoice] = useState(moving?.choice ?? "");
  const [from, setFrom] = useState(first.today);
  const [on, setOn] = useState<string | null>(null);
  const [picked, setPicked] = useState<Slot | null>(null);
  const [confirming, setConfirming] = useState(false);
  const store = stores.find(({ code }) => code === storeCode) ?? first;
  const service = store.services.find(({ code }) => code === serviceCode);
  const slots = useSlots(place, service === undefined ? null : { store: store.code, service: service.code, choice, from });
  const days = slots.data?.service.code === serviceCode ? slots.data.days : [];
  const day = days.find((one) => one.on === on) ?? days.find((one) => one.slots.some(({ bookable }) => bookable)) ?? days[0];
  const slot = day?.slots.find(({ starts_at }) => starts_at === picked?.starts_at) ?? null;
  const startOver = (): void => {
    setOn(null);
    setPicked(null);
    setConfirming(false);
  };
  if (confirming && slot !== null && service !== undefined) {
    return (
      <Confirm
        place={place}
        moving={moving}
        store={store}
        serviceCode={service.code}
        choice={choice}
        slot={slot}
        onBack={() => setConfirming(false)}
        onDone={onDone}
      />
    );
  }
  const able = service === undefined ? [] : store.resources.filter(({ code }) => service.resources.includes(code));
  return (
    <div className={styles.flow}>
      {store.invented && <p className={styles.quiet}>{t("reservations.invented")}</p>}
      {moving === null && stores.length > 1 && (
        <label className={styles.field}>
          <span>{t("reservations.store")}</span>
          <select
            value={store.code}
            onChange={({ currentTarget }) => {
              setStore(currentTarget.value);
              setService("");
              setChoice("");
              startOver();
            }}
          >
            {stores.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {moving === null && (
        <fieldset className={styles.services}>
          <legend>{t("reservations.service")}</legend>
          {store.services.map((one) => (
            <label key={one.code} data-checked={one.code === serviceCode}>
              <input
                type="radio"
                name="service"
                checked={one.code === serviceCode}
                onChange={() => {
                  setService(one.code);
                  setChoice("");
                  startOver();
                }}
              />
              <b>{one.name}</b>
              <span className="enishi-figure">
                {t("reservations.minutes", { n: one.minutes })} · {formatYen(one.price_yen)}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {able.length > 1 && (
        <label className={styles.field}>
          <span>{t("reservations.choice")}</span>
          <select
            value={choice}
            onChange={({ currentTarget }) => {
              setChoice(currentTarget.value);
              startOver();
            }}
          >
            <option value="">{t("reservations.noChoice")}</option>
            {able.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {slots.isError && <Unread onRetry={() => void slots.refetch()} />}
      {service !== undefined && slots.isLoading && <div className={styles.skeleton} role="status" aria-label={t("loading")} />}
      {days.length > 0 && (
        <div className={styles.when} aria-busy={slots.isPlaceholderData} inert={slots.isPlaceholderData}>
          <Days
            days={days}
            on={day?.on ?? null}
            canGoBack={from > store.today}
            onPick={(next) => {
              setOn(next);
              setPicked(null);
            }}
            onTurn={(weeks) => {
              const next = addDays(from, weeks * SLOT_DAYS);
              setFrom(next < store.today ? store.today : next);
              startOver();
            }}
          />
          {day !== undefined && <Times day={day} picked={slot} onPick={setPicked} />}
        </div>
      )}
      {slot !== null && !slot.bookable && day !== undefined && (
        <>
          <WhyNot slot={slot} />
          {slot.waitable && place.customerId === undefined && moving === null && (
            <WaitButton
              key={slot.starts_at}
              place={place}
              day={{ store: store.code, service: serviceCode, on: day.on, choice, ...windowOf(slot) }}
            />
          )}
        </>
      )}
      {slot?.bookable === true && (
        <button type="button" className={styles.confirm} onClick={() => setConfirming(true)}>
          {slot.time} {t(moving === null ? "reservations.summary" : "reservations.summaryMove")}
        </button>
      )}
    </div>
  );
}

/** Who waits for a time takes what begins within the hour around it. */
function windowOf(slot: Slot): { opens: number; closes: number } {
  const minute = minutesOf(slot.time);
  return { opens: Math.max(0, minute - 60), closes: Math.min(1440, minute + 61) };
}

interface ConfirmProps {
  place: Place;
  moving: Booking | null;
  store: BookableStore;
  serviceCode: string;
  choice: string;
  slot: Slot;
  onBack: () => void;
  onDone: (booking: Booking) => void;
}

function Confirm({ place, moving, store, serviceCode, choice, slot, onBack, onDone }: ConfirmProps): ReactElement {
  const { t } = useTranslation("common");
  const [locale] = useLocale();
  const [requestId] = useState(newRequestId);
  const book = useBook(place);
  const move = useMove(place);
  const acting = moving === null ? book : move;
  const service = store.services.find(({ code }) => code === serviceCode);
  const until = new Date(Date.parse(slot.starts_at) - store.cancel_until_minutes * 60_000);
  const confirm = (): void => {
    if (moving === null) {
      const order = { requestId, store: store.code, service: serviceCode, startsAt: slot.starts_at, choice };
      book.mutate(order, { onSuccess: ({ booking }) => onDone(booking) });
    } else {
      const to = { bookingId: moving.booking_id, startsAt: slot.starts_at, choice };
      move.mutate(to, { onSuccess: ({ booking }) => onDone(booking) });
    }
  };
  return (
    <div className={styles.flow}>
      <h3>{t(moving === null ? "reservations.summary" : "reservations.summaryMove")}</h3>
      <dl className={styles.summary}>
        <dt>{t("reservations.when")}</dt>
        <dd className="enishi-figure">{formatDateTime(slot.starts_at, locale)}</dd>
        <dt>{t("reservations.store")}</dt>
        <dd>{store.name}</dd>
        <dt>{t("reservations.service")}</dt>
        <dd>
          {service?.name}
          {service !== undefined && ` · ${t("reservations.minutes", { n: service.minutes })}`}
        </dd>
        <dt>{t("reservations.choice")}</dt>
        <dd>{store.resources.find(({ code }) => code === choice)?.name ?? t("reservations.noChoice")}</dd>
        <dt>{t("reservations.price")}</dt>
        <dd className="enishi-figure">{formatYen(moving?.price_yen ?? service?.price_yen ?? 0)}</dd>
      </dl>
      {slot.mark !== null && (
        <p className={styles.legend} data-mark={slot.mark}>
          <b>{t(`reservations.mark.${slot.mark}`)}</b>
          {t(`reservations.markLead.${slot.mark}`)}
        </p>
      )}
      <p className={styles.quiet}>
        {until.getTime() > Date.now()
          ? t("reservations.cancelFree", { time: formatDateTime(until.toISOString(), locale) })
          : t("reservations.cancelLateNow")}
      </p>
      {acting.isError && <Refused error={acting.error} />}
      <div className={styles.buttons}>
        <button type="button" onClick={onBack} disabled={acting.isPending}>
          {t("reservations.back")}
        </button>
        <button type="button" className={styles.confirm} disabled={acting.isPending} onClick={confirm}>
          {t(acting.isPending ? "reservations.busy" : moving === null ? "reservations.confirm" : "reservations.confirmMove")}
        </button>
      </div>
    </div>
  );
}

/** Why not, in the sentences that the server gives with a refusal. */
export function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useTranslation("common");
  const problem = asProblem(error);
  const { reasons } = problem.extra;
  return (
    <div className={styles.problem} role="alert">
      <p>
        {t(
          problem.unreachable
            ? "reservations.offline"
            : problem.code === "slot-not-bookable"
              ? "reservations.taken"
              : "reservations.failed",
        )}
      </p>
      {Array.isArray(reasons) && reasons.map((reason) => <p key={String(reason)}>{String(reason)}</p>)}
    </div>
  );
}

function WaitButton({
  place,
  day,
}: {
  place: Place;
  day: { store: string; service: string; on: string; opens: number; closes: number; choice: string };
}): ReactElement {
  const { t } = useTranslation("common");
  const join = useJoinWaits(place);
  if (join.isSuccess) {
    return (
      <p className={styles.waited} role="status">
        {t("reservations.waited")}
      </p>
    );
  }
  return (
    <>
      {join.isError && <Refused error={join.error} />}
      <button type="button" className={styles.wait} disabled={join.isPending} onClick={() => join.mutate(day)}>
        {t(join.isPending ? "reservations.waiting" : "reservations.wait")}
      </button>
    </>
  );
}

function Unread({ onRetry }: { onRetry: () => void }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <div className={styles.problem} role="alert">
      <p>{t("reservations.unread")}</p>
      <button type="button" className={styles.wait} onClick={onRetry}>
        {t("retry")}
      </button>
    </div>
  );
}
