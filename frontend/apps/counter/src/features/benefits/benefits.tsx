// What to hand over now besides points: one press marks it, on whichever tablet first, and it can be taken back.
import { asProblem } from "@enishi/api/client.ts";
import type { BenefitShown, GiveShown } from "@enishi/api/types.ts";
import { formatRelative } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import styles from "./benefits.module.css";
import { newRequestId, useBenefits, useGive, useUndo } from "./queries.ts";
import { ReferralCode } from "./referral-code.tsx";

export function Benefits({ customerId, online }: { customerId: string; online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const { data: me } = useSession();
  const [store, setStore] = useStoreChoice();
  const { data } = useBenefits(customerId, store, online);
  const [undoing, setUndoing] = useState<GiveShown | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const mayGive = me?.permissions.includes("benefits.give") === true;
  if (data === undefined) return null;
  const due = data.benefits.filter((one) => one.to_give);
  const others = data.benefits.filter((one) => !one.to_give && one.state !== "ended" && one.state !== "not_granted");
  if (data.benefits.length === 0) return <ReferralCode customerId={customerId} online={online} store={store} />;
  return (
    <>
      <section className={styles.benefits} aria-label={t("benefits.title")}>
        <header>
          <h2>{t("benefits.title")}</h2>
          {data.tier !== null && <span className={styles.tier}>{data.tier.name}</span>}
        </header>
        {mayGive && <StoreSelect label={t("benefits.store")} store={store} disabled={!online} onChoose={setStore} />}
        <h3>{t("benefits.toGive")}</h3>
        {refused !== null && (
          <p role="alert" className={styles.problem}>
            <b>{refused.name}</b> {t(refused.code === "benefit-already-given" ? "benefits.already" : "benefits.failed")}
          </p>
        )}
        {due.length === 0 && <p className={styles.quiet}>{t("benefits.none")}</p>}
        <ul>
          {due.map((one) => (
            <Due
              key={one.code}
              benefit={one}
              customerId={customerId}
              store={store}
              ready={online && mayGive}
              onTried={setRefused}
            />
          ))}
        </ul>
        {mayGive && store === "" && due.length > 0 && <p className={styles.quiet}>{t("benefits.chooseStore")}</p>}
        {data.gives.length > 0 && (
          <>
            <h3>{t("benefits.given")}</h3>
            <ul>
              {data.gives.map((give) => (
                <Given key={give.give_id} give={give} ready={online && mayGive} onUndo={() => setUndoing(give)} />
              ))}
            </ul>
          </>
        )}
        {others.length > 0 && (
          <details className={styles.others}>
            <summary>{t("benefits.others")}</summary>
            <ul>
              {others.map((one) => (
                <li key={one.code} data-state={one.state}>
                  <div>
                    <b>{one.name}</b>
                    <small>{one.reason}</small>
                  </div>
                  {one.state === "available" && <Icon name="check" size={24} />}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <ReferralCode customerId={customerId} online={online} store={store} />
      {undoing !== null && <UndoDialog give={undoing} customerId={customerId} onClose={() => setUndoing(null)} />}
    </>
  );
}

/** Why a press was refused. It is told above the list: what somebody else has given is not in the list any more. */
interface Refusal {
  name: string;
  code: string;
}

interface DueProps {
  benefit: BenefitShown;
  customerId: string;
  store: string;
  ready: boolean;
  onTried: (refused: Refusal | null) => void;
}

function Due({ benefit, customerId, store, ready, onTried }: DueProps): ReactElement {
  const { t } = useTexts();
  // One name for one hand-over: a press that got no answer is repeated under it, the next hand-over gets another.
  const [requestId, setRequestId] = useState(newRequestId);
  const give = useGive(customerId, (error) => onTried({ name: benefit.name, code: asProblem(error).code }));
  const handOver = (): void =>
    give.mutate(
      { code: benefit.code, store, requestId },
      {
        onSuccess: () => {
          setRequestId(newRequestId());
          onTried(null);
        },
      },
    );
  return (
    <li>
      <div>
        <b>{benefit.name}</b>
        {benefit.note !== "" && <small>{benefit.note}</small>}
        {benefit.left !== null && benefit.left > 1 && <small>{t("benefits.left", { n: benefit.left })}</small>}
      </div>
      <button
        type="button"
        className={styles.give}
        disabled={!ready || store === "" || give.isPending}
        aria-label={t("benefits.givingName", { name: benefit.name })}
        onClick={handOver}
      >
        <Icon name="gift" size={24} />
        {t("benefits.give")}
      </button>
    </li>
  );
}

function Given({ give, ready, onUndo }: { give: GiveShown; ready: boolean; onUndo: () => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const mayUndo = give.undone_at === null && Date.parse(give.undo_until) > Date.now();
  return (
    <li data-undone={give.undone_at !== null}>
      <div>
        <b>{give.name}</b>
        <small>
          {t("benefits.givenAt", { when: formatRelative(give.given_at, locale), store: give.store.name })} · {give.given_by}
        </small>
      </div>
      {mayUndo && (
        <button
          type="button"
          disabled={!ready}
          aria-label={t("benefits.undoName", { name: give.name })}
          onClick={onUndo}
        >
          <Icon name="undo" size={22} />
          {t("benefits.undo")}
        </button>
      )}
    </li>
  );
}

const REASONS = ["wrong_customer", "not_given", "declined"] as const;

function UndoDialog({ give, customerId, onClose }: { give: GiveShown; customerId: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [reason, setReason] = useState<(typeof REASONS)[number]>("wrong_customer");
  const undo = useUndo(customerId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{t("benefits.undoTitle")}</h2>
      <p>{t("benefits.undoLead", { name: give.name })}</p>
      <fieldset className={styles.reasons}>
        <legend>{t("benefits.reason")}</legend>
        {REASONS.map((one) => (
          <label key={one}>
            <input type="radio" name="reason" checked={one === reason} onChange={() => setReason(one)} />
            {t(`benefits.reasons.${one}`)}
          </label>
        ))}
      </fieldset>
      {undo.isError && (
        <p role="alert" className={styles.problem}>
          {t(asProblem(undo.error).code === "undo-too-late" ? "benefits.tooLate" : "benefits.failed")}
        </p>
      )}
      <footer>
        <button type="button" onClick={close}>
          {t("benefits.cancel")}
        </button>
        <button
          type="button"
          className={styles.confirm}
          disabled={undo.isPending}
          onClick={() =>
            undo.mutate({ give_id: give.give_id, reason: t(`benefits.reasons.${reason}`) }, { onSuccess: close })
          }
        >
          {t("benefits.confirm")}
        </button>
      </footer>
    </dialog>
  );
}
