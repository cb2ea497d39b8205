import { asProblem, type Problem } from "@enishi/api/client.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useEffect, useState } from "react";
import { logIn, useDemo } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import styles from "./login.module.css";

interface Credentials {
  login: string;
  password: string;
}

/** `refused`: somebody is signed in whose roles do not open the counter. */
export function LogIn({ refused }: { refused: boolean }): ReactElement {
  const { t } = useTexts();
  const client = useQueryClient();
  const [locale, setLocale] = useLocale();
  const other = locale === "ja" ? "en" : "ja";
  const attempt = useMutation({
    mutationFn: ({ login, password }: Credentials) => logIn(client, login, password),
    networkMode: "always",
  });
  useEffect(() => {
    document.title = t("pageTitle", { page: t("login.title") });
  }, [t]);
  return (
    <main className={styles.page}>
      <button type="button" className={styles.language} lang={other} onClick={() => setLocale(other)}>
        <Icon name="language" size={20} />
        {t(`common:language.${other}`)}
      </button>
      <div className={styles.box}>
        <header>
          <Mark size={52} />
          <h1>{t("login.title")}</h1>
        </header>
        {refused && !attempt.isError && <Refusal text={t("login.noPermission")} />}
        <LogInForm
          busy={attempt.isPending}
          problem={attempt.isError ? asProblem(attempt.error) : null}
          onSubmit={attempt.mutate}
        />
        <DemoChoices busy={attempt.isPending} onChoose={attempt.mutate} />
      </div>
    </main>
  );
}

function Refusal({ text }: { text: string }): ReactElement {
  return (
    <p className={styles.refusal} role="alert">
      <Icon name="warning" size={22} />
      {text}
    </p>
  );
}

function useRefusalText(): (problem: Problem) => string {
  const { t } = useTexts();
  return (problem) => {
    if (problem.code === "login-failed") return t("login.failed");
    if (problem.status === 429 || problem.status === 423) return t("login.locked");
    return problem.unreachable ? t("common:error.offline") : t("common:error.unexpected");
  };
}

interface FormProps {
  busy: boolean;
  problem: Problem | null;
  onSubmit: (credentials: Credentials) => void;
}

function LogInForm({ busy, problem, onSubmit }: FormProps): ReactElement {
  const { t } = useTexts();
  const refusalText = useRefusalText();
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const login = String(fields.get("login") ?? "").trim();
    const password = String(fields.get("password") ?? "");
    setMissing(login === "" || password === "");
    if (login !== "" && password !== "") onSubmit({ login, password });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {missing && <Refusal text={t("login.required")} />}
      {problem !== null && !missing && <Refusal text={refusalText(problem)} />}
      <label>
        {t("login.login")}
        <input name="login" autoComplete="username" autoCapitalize="none" spellCheck={false} />
      </label>
      <label>
        {t("login.password")}
        <input name="password" type="password" autoComplete="current-password" />
      </label>
      <button type="submit" className={styles.submit} disabled={busy}>
        {busy ? t("login.busy") : t("login.submit")}
      </button>
    </form>
  );
}

const COUNTER_ROLES = new Set(["staff", "store_manager", "owner"]);

function DemoChoices({ busy, onChoose }: { busy: boolean; onChoose: FormProps["onSubmit"] }): ReactElement | null {
  const { t, word } = useTexts();
  // Those made for the counter come first; the others who may use it follow.
  const choices = (useDemo()?.logins ?? [])
    .filter((choice) => choice.face === "counter" || COUNTER_ROLES.has(choice.role))
    .toSorted((a, b) => Number(b.face === "counter") - Number(a.face === "counter"));
  if (choices.length === 0) return null;
  return (
    <section className={styles.demo}>
      <h2>{t("login.demo")}</h2>
      <p>{t("login.demoHint")}</p>
      <div>
        {choices.map((choice) => (
          <button
            key={choice.login}
            type="button"
            disabled={busy}
            onClick={() => onChoose({ login: choice.login, password: choice.password })}
          >
            <strong>{word("common:role", choice.role)}</strong>
            <span>{choice.login}</span>
            <Icon name="chevronRight" size={20} />
          </button>
        ))}
      </div>
    </section>
  );
}
