/** The member's own code to pass on, what has come of it, and, for new members, the code they were given. */
import { asProblem } from "@enishi/api/client.ts";
import type { MyReferral, OwnReferral } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, Suspense, lazy, useState } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { plainDate } from "../../shell/dates.ts";
import { Bones } from "../../shell/states.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./benefits.module.css";
import { useClaim, useMyReferral } from "./queries.ts";

const Qr = lazy(() => import("@enishi/ui/qr.tsx"));
const QR_SIDE = 148;

export default function ReferralSheet({ code }: { code: string }): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useMyReferral()} failed="problem.card" bones={<Bones rows={3} />}>
      {(own) => (
        <div className={styles.sheet}>
          {own.can_claim && <Join first={code} />}
          {own.terms.length === 0 ? <p className={styles.quiet}>{t("referral.closed")}</p> : <Mine own={own} />}
          <section>
            <h3>{t("referral.history")}</h3>
            {own.referred.length === 0 && own.referred_by === null && (
              <p className={styles.quiet}>{t("referral.none")}</p>
            )}
            <ul className={styles.list}>
              {own.referred_by !== null && <Past referral={own.referred_by} title={t("referral.own")} />}
              {own.referred.map((one) => (
                <Past
                  key={one.claimed_at}
                  referral={one}
                  title={t("referral.given", { date: plainDate(one.claimed_at) })}
                />
              ))}
            </ul>
          </section>
        </div>
      )}
    </Awaited>
  );
}

function Mine({ own }: { own: MyReferral }): ReactElement {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const link = `${window.location.origin}${own.path}`;
  const text = t("referral.shareText", { code: own.spelt });
  return (
    <section className={styles.mine}>
      <p>{t("referral.lead")}</p>
      <div className={styles.code}>
        <span>{t("referral.code")}</span>
        <strong className="enishi-figure">{own.spelt}</strong>
      </div>
      <div className={styles.qr}>
        <Suspense fallback={<span className={styles.awaited} />}>
          <Qr value={link} label={t("referral.qr")} side={QR_SIDE} />
        </Suspense>
      </div>
      <div className={styles.buttons}>
        <button
          type="button"
          onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
          aria-live="polite"
        >
          <Icon name={copied ? "check" : "copy"} size={18} />
          {t(copied ? "referral.copied" : "referral.copy")}
        </button>
        {"share" in navigator && (
          <button type="button" onClick={() => void navigator.share({ text, url: link }).catch(() => undefined)}>
            <Icon name="share" size={18} />
            {t("referral.share")}
          </button>
        )}
      </div>
      <details>
        <summary>{t("referral.terms")}</summary>
        <ul className={styles.terms}>
          {own.terms.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Past({ referral, title }: { referral: OwnReferral; title: string }): ReactElement {
  const { t } = useWords();
  const { state, points, purchase_by } = referral;
  return (
    <li data-has={state === "paid"}>
      <Icon name={state === "paid" ? "check" : "clock"} size={20} />
      <div>
        <b>{title}</b>
        <small>
          {t(`referral.states.${state}`, { points: formatPoints(points), date: plainDate(purchase_by) })}
        </small>
      </div>
    </li>
  );
}

const REFUSALS = ["closed", "self", "already", "not_new"] as const;

function Join({ first }: { first: string }): ReactElement {
  const { t } = useWords();
  const [code, setCode] = useState(first);
  const claim = useClaim();
  const problem = claim.isError ? asProblem(claim.error) : null;
  const reason = REFUSALS.find((one) => one === problem?.extra["reason"]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    claim.mutate(code);
  };
  if (claim.isSuccess) {
    return (
      <p className={styles.done} role="status">
        <Icon name="check" size={20} />
        {t(claim.data.state === "checking" ? "referral.checking" : "referral.registered")}
      </p>
    );
  }
  return (
    <form className={styles.join} onSubmit={submit}>
      <h3>{t("referral.join")}</h3>
      <p className={styles.quiet}>{t("referral.joinLead")}</p>
      <label>
        {t("referral.codeLabel")}
        <input
          value={code}
          maxLength={20}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem.code === "unknown-referral-code"
            ? t("referral.unknown")
            : t(reason === undefined ? "referral.failed" : `referral.refused.${reason}`)}
        </p>
      )}
      <button type="submit" disabled={code.trim() === "" || claim.isPending}>
        {t("referral.register")}
      </button>
    </form>
  );
}
