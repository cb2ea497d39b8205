// A new member who was sent by somebody: the code is entered here, once, and counts from the next purchase on.
import { asProblem } from "@enishi/api/client.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { StoreSelect, useStoreChoice } from "../stores/store-select.tsx";
import styles from "./benefits.module.css";
import { terminalName, useClaimCode, useReferral } from "./queries.ts";

interface CodeProps {
  customerId: string;
  online: boolean;
  store: string;
}

export function ReferralCode({ customerId, online }: CodeProps): ReactElement | null {
  const { t } = useTexts();
  const { data: me } = useSession();
  const { data } = useReferral(customerId, online);
  const [open, setOpen] = useState(false);
  const may = me?.permissions.includes("referrals.claim") === true;
  if (!open && (data?.can_claim !== true || !may)) return null;
  return (
    <>
      <button type="button" className={styles.enter} disabled={!online} onClick={() => setOpen(true)}>
        <Icon name="share" size={24} />
        {t("benefits.enterCode")}
      </button>
      {open && <CodeDialog customerId={customerId} onClose={() => setOpen(false)} />}
    </>
  );
}

function CodeDialog({ customerId, onClose }: { customerId: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const ids = useId();
  const [code, setCode] = useState("");
  const [store, setStore] = useStoreChoice();
  const claim = useClaimCode(customerId);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = (): void => dialog.current?.close();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    claim.mutate({ code, store, terminal: terminalName() });
  };
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={`${ids}title`} onClose={onClose}>
      <h2 id={`${ids}title`}>{t("benefits.codeTitle")}</h2>
      {claim.isSuccess ? (
        <>
          <p role="status" className={styles.done}>
            <Icon name="check" size={30} />
            {t(claim.data.state === "checking" ? "benefits.checking" : "benefits.registered")}
          </p>
          <footer>
            <button type="button" className={styles.confirm} onClick={close}>
              {t("benefits.done")}
            </button>
          </footer>
        </>
      ) : (
        <form onSubmit={submit}>
          <p>{t("benefits.codeLead")}</p>
          <div className={styles.field}>
            <label htmlFor={`${ids}code`}>{t("benefits.codeLabel")}</label>
            <input
              id={`${ids}code`}
              value={code}
              maxLength={20}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          </div>
          <StoreSelect label={t("benefits.codeStore")} store={store} disabled={claim.isPending} onChoose={setStore} />
          {claim.isError && <Refused error={claim.error} />}
          <footer>
            <button type="button" onClick={close}>
              {t("benefits.cancel")}
            </button>
            <button
              type="submit"
              className={styles.confirm}
              disabled={code.trim() === "" || store === "" || claim.isPending}
            >
              {t("benefits.register")}
            </button>
          </footer>
        </form>
      )}
    </dialog>
  );
}

const REFUSALS = ["closed", "self", "already", "not_new"] as const;

function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useTexts();
  const { code, extra } = asProblem(error);
  const reason = REFUSALS.find((one) => one === extra["reason"]);
  const words =
    code === "unknown-referral-code"
      ? t("benefits.unknownCode")
      : reason !== undefined
        ? t(`benefits.refused.${reason}`)
        : t("benefits.failed");
  return (
    <p role="alert" className={styles.problem}>
      {words}
    </p>
  );
}
