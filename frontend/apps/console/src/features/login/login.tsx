import { asProblem, type Problem } from "@enishi/api/client.ts";
import type { DemoLogin } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { Button, PasswordInput, TextInput, UnstyledButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { LanguageSwitch } from "../../shell/language.tsx";
import { safeNext } from "../../shell/router.tsx";
import { logIn, useDemo } from "../../shell/session.ts";
import { useProblemText } from "../../shell/states.tsx";
import { useTitle } from "../../shell/title.ts";
import styles from "./login.module.css";

interface Credentials {
  login: string;
  password: string;
}

function useLogIn() {
  const router = useRouter();
  const { next } = useSearch({ from: "/login" });
  return useMutation({
    mutationFn: ({ login, password }: Credentials) => logIn(login, password),
    onSuccess: () => router.navigate({ href: `/console${safeNext(next)}`, replace: true }),
  });
}

export function LogIn(): ReactElement {
  const { t } = useTexts();
  useTitle(t("login.title"));
  const { expired } = useSearch({ from: "/login" });
  const attempt = useLogIn();
  const demo = useDemo();
  const choices = demo?.logins.filter((choice) => choice.face === "console") ?? [];
  return (
    <div className={styles.page}>
      <section className={styles.poster} aria-hidden="true">
        <Mark className={styles.pattern} size={860} tone="plain" />
        <p className={styles.brand}>
          <Mark size={34} tone="inverse" />
          Enishi
        </p>
        <p className={styles.lead}>{t("login.lead")}</p>
      </section>
      <main className={styles.side}>
        <div className={styles.language}>
          <LanguageSwitch />
        </div>
        <div className={styles.box}>
          <h1>{t("login.title")}</h1>
          {expired === true && !attempt.isError && (
            <p className={styles.notice} role="status">
              <Icon name="clock" size={17} />
              {t("login.expired")}
            </p>
          )}
          <LogInForm
            busy={attempt.isPending}
            problem={attempt.isError ? asProblem(attempt.error) : null}
            onSubmit={attempt.mutate}
          />
          {choices.length > 0 && <DemoChoices choices={choices} busy={attempt.isPending} onChoose={attempt.mutate} />}
        </div>
      </main>
    </div>
  );
}

function useRefusalText(): (problem: Problem) => string {
  const { t } = useTexts();
  const general = useProblemText();
  return (problem) => {
    if (problem.code === "login-failed") return t("login.failed");
    if (problem.status === 429 || problem.status === 423) {
      return problem.retryAfterSeconds === null
        ? t("login.locked")
        : t("login.lockedFor", { minutes: Math.ceil(problem.retryAfterSeconds / 60) });
    }
    return general(problem);
  };
}

interface FormProps {
  busy: boolean;
  problem: Problem | null;
  onSubmit: (credentials: Credentials) => void;
}

function LogInForm({ busy, problem, onSubmit }: FormProps): ReactElement {
  const { t } = useTexts();
  const refusal = useRefusalText();
  const [missing, setMissing] = useState<(keyof Credentials)[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const login = String(fields.get("login") ?? "").trim();
    const password = String(fields.get("password") ?? "");
    const empty = [...(login === "" ? ["login" as const] : []), ...(password === "" ? ["password" as const] : [])];
    setMissing(empty);
    if (empty.length === 0) onSubmit({ login, password });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {problem !== null && (
        <p className={styles.refusal} role="alert">
          <Icon name="warning" size={17} />
          {refusal(problem)}
        </p>
      )}
      <TextInput
        name="login"
        label={t("login.login")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        size="md"
        autoFocus
        error={missing.includes("login") ? t("login.required") : undefined}
      />
      <PasswordInput
        name="password"
        label={t("login.password")}
        autoComplete="current-password"
        size="md"
        error={missing.includes("password") ? t("login.required") : undefined}
      />
      <Button type="submit" size="md" fullWidth loading={busy}>
        {t("login.submit")}
      </Button>
    </form>
  );
}

interface ChoicesProps {
  choices: DemoLogin[];
  busy: boolean;
  onChoose: (credentials: Credentials) => void;
}

function DemoChoices({ choices, busy, onChoose }: ChoicesProps): ReactElement {
  const { t, word } = useTexts();
  return (
    <section className={styles.demo}>
      <h2>{t("login.demo")}</h2>
      <p>{t("login.demoHint")}</p>
      <div className={styles.choices}>
        {choices.map((choice) => (
          <UnstyledButton
            key={choice.login}
            className={styles.choice}
            disabled={busy}
            onClick={() => onChoose({ login: choice.login, password: choice.password })}
          >
            <strong>{word("common:role", choice.role)}</strong>
            <span>{choice.login}</span>
            <Icon name="chevronRight" size={16} />
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}
