/** The second step of the log-in: six digits, checked as soon as they are complete. */
import { asProblem } from "@enishi/api/client.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent, type ReactElement, type RefObject } from "react";
import { requestCode, signIn } from "../../queries.ts";
import { enter } from "../../shell/session.ts";
import { useWords } from "../../shell/words.ts";
import { CODE_LENGTH, readCode } from "./code.ts";
import type { Sent } from "./login.tsx";
import styles from "./login.module.css";
import { usePlainFailure } from "./plain-failure.ts";

const RESEND_AFTER_SECONDS = 30;

interface CodeStepProps {
  sent: Sent;
  onResent: (sent: Sent) => void;
  onBack: () => void;
}

export function CodeStep({ sent, onResent, onBack }: CodeStepProps): ReactElement {
  const { t } = useWords();
  const client = useQueryClient();
  const failure = usePlainFailure();
  const [code, setCode] = useState("");
  const [incomplete, setIncomplete] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const check = useMutation({
    mutationFn: (digits: string) => signIn(sent.value, digits),
    onSuccess: () => {
      client.clear();
      enter();
    },
    onError: () => {
      setCode("");
      field.current?.focus();
    },
  });

  useEffect(() => field.current?.focus(), []);

  const type = (typed: string): void => {
    const digits = readCode(typed);
    setCode(digits);
    setIncomplete(false);
    if (digits.length === CODE_LENGTH && !check.isPending) check.mutate(digits);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (check.isPending) return;
    setIncomplete(code.length < CODE_LENGTH);
    if (code.length === CODE_LENGTH) check.mutate(code);
  };
  // A refusal is told until the next digit is typed.
  const refused = check.error !== null && code === "" ? failure(asProblem(check.error)) : null;

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h1 className={styles.title}>{t("code.title")}</h1>
      <p className={styles.lead}>{t("code.sent", { to: sent.to })}</p>
      <CodeField
        field={field}
        code={code}
        onType={type}
        checking={check.isPending}
        problem={incomplete ? t("code.incomplete") : refused}
        minutes={sent.minutes}
      />
      <button type="submit" className={styles.primary} aria-busy={check.isPending}>
        {t(check.isPending ? "code.verifying" : "code.verify")}
      </button>
      <Resend sent={sent} onResent={onResent} />
      <button type="button" className={styles.plain} onClick={onBack}>
        {t("code.change")}
      </button>
    </form>
  );
}

interface CodeFieldProps {
  field: RefObject<HTMLInputElement | null>;
  code: string;
  onType: (typed: string) => void;
  checking: boolean;
  problem: string | null;
  minutes: number;
}

/** One field for six digits, so that a phone can fill it from the message and a paste needs no aim. */
function CodeField({ field, code, onType, checking, problem, minutes }: CodeFieldProps): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.field}>
      <label htmlFor="code">{t("code.label")}</label>
      <input
        ref={field}
        id="code"
        name="code"
        className={`${styles.code} enishi-figure`}
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]*"
        value={code}
        onChange={(event) => onType(event.target.value)}
        readOnly={checking}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? "code-hint" : "code-problem"}
      />
      {problem === null ? (
        <p id="code-hint" className={styles.hint}>
          {t("code.valid", { minutes })}
        </p>
      ) : (
        <p id="code-problem" className={styles.problem} role="alert">
          <Icon name="warning" size={16} />
          {problem}
        </p>
      )}
    </div>
  );
}

/** Another code, not sooner than the first had time to arrive. */
function Resend({ sent, onResent }: { sent: Sent; onResent: (sent: Sent) => void }): ReactElement {
  const { t } = useWords();
  const failure = usePlainFailure();
  const [wait, setWait] = useState(RESEND_AFTER_SECONDS);
  const again = useMutation({
    mutationFn: () => requestCode(sent.value),
    onSuccess: (answer) => {
      setWait(RESEND_AFTER_SECONDS);
      onResent({ value: sent.value, to: answer.sent_to, minutes: Math.round(answer.expires_in_seconds / 60) });
    },
  });

  useEffect(() => {
    if (wait === 0) return undefined;
    const tick = window.setTimeout(() => setWait(wait - 1), 1000);
    return () => window.clearTimeout(tick);
  }, [wait]);

  return (
    <div className={styles.resend}>
      <button
        type="button"
        className={styles.plain}
        disabled={wait > 0 || again.isPending}
        onClick={() => again.mutate()}
      >
        <span className="enishi-figure">{wait > 0 ? t("code.resendIn", { seconds: wait }) : t("code.resend")}</span>
      </button>
      <p role="status" className={styles.hint}>
        {again.isSuccess && wait > 0 && t("code.resent")}
        {again.error !== null && failure(asProblem(again.error))}
      </p>
    </div>
  );
}
