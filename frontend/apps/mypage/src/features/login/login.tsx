/** Log-in without a password: a phone number or an e-mail address, then the code that was sent to it. */
import { asProblem } from "@enishi/api/client.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement } from "react";
import { requestCode, useDemo } from "../../queries.ts";
import { LanguageSwitch } from "../../shell/language.tsx";
import { useFarewell } from "../../shell/session.ts";
import { useWords } from "../../shell/words.ts";
import { CodeStep } from "./code-step.tsx";
import styles from "./login.module.css";
import { usePlainFailure } from "./plain-failure.ts";

export type Contact = "phone" | "email";

/** The code that was sent, as far as the page knows it: never the code itself. */
export interface Sent {
  value: string;
  to: string;
  minutes: number;
}

export function Login(): ReactElement {
  const { t } = useWords();
  const [contact, setContact] = useState<Contact>("phone");
  const [value, setValue] = useState("");
  const [sent, setSent] = useState<Sent | null>(null);
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <span className={styles.brand}>
          <Mark size={26} />
          {t("product")}
        </span>
        <LanguageSwitch />
      </header>
      <main className={styles.main}>
        <div className={styles.box}>
          {sent === null ? (
            <ContactStep contact={contact} onContact={setContact} value={value} onValue={setValue} onSent={setSent} />
          ) : (
            <CodeStep sent={sent} onResent={setSent} onBack={() => setSent(null)} />
          )}
        </div>
        <DemoNote
          choosing={sent === null}
          onChoose={(chosen) => {
            setContact(chosen.includes("@") ? "email" : "phone");
            setValue(chosen);
          }}
        />
      </main>
    </div>
  );
}

interface ContactStepProps {
  contact: Contact;
  onContact: (contact: Contact) => void;
  value: string;
  onValue: (value: string) => void;
  onSent: (sent: Sent) => void;
}

function ContactStep({ contact, onContact, value, onValue, onSent }: ContactStepProps): ReactElement {
  const { t } = useWords();
  const farewell = useFarewell();
  const failure = usePlainFailure();
  const [missing, setMissing] = useState(false);
  const send = useMutation({
    mutationFn: () => requestCode(value.trim()),
    onSuccess: (answer) =>
      onSent({ value: value.trim(), to: answer.sent_to, minutes: Math.round(answer.expires_in_seconds / 60) }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (send.isPending) return;
    setMissing(value.trim() === "");
    if (value.trim() !== "") send.mutate();
  };
  const message = missing
    ? t(contact === "phone" ? "login.phoneMissing" : "login.emailMissing")
    : send.error !== null && failure(asProblem(send.error));
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h1 className={styles.title}>{t("login.title")}</h1>
      {farewell !== null && <p className={styles.notice}>{t(`login.${farewell}`)}</p>}
      <p className={styles.lead}>{t("login.lead")}</p>
      <ContactChoice
        contact={contact}
        onChoose={(next) => {
          onContact(next);
          onValue("");
          setMissing(false);
          send.reset();
        }}
      />
      <div className={styles.field}>
        <label htmlFor="contact">{t(contact === "phone" ? "login.phoneLabel" : "login.emailLabel")}</label>
        <input
          key={contact}
          id="contact"
          name={contact}
          type={contact === "phone" ? "tel" : "email"}
          inputMode={contact === "phone" ? "tel" : "email"}
          autoComplete={contact === "phone" ? "tel" : "email"}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          placeholder={contact === "phone" ? "090-1234-5678" : "name@example.jp"}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          aria-invalid={Boolean(message)}
          aria-describedby={message ? "contact-problem" : "contact-hint"}
        />
        {contact === "phone" && !message && (
          <p id="contact-hint" className={styles.hint}>
            {t("login.phoneHint")}
          </p>
        )}
        {message && (
          <p id="contact-problem" className={styles.problem} role="alert">
            <Icon name="warning" size={16} />
            {message}
          </p>
        )}
      </div>
      <button type="submit" className={styles.primary} aria-busy={send.isPending}>
        {t(send.isPending ? "login.sending" : "login.send")}
      </button>
    </form>
  );
}

function ContactChoice({
  contact,
  onChoose,
}: {
  contact: Contact;
  onChoose: (contact: Contact) => void;
}): ReactElement {
  const { t } = useWords();
  return (
    <fieldset className={styles.choice}>
      <legend className="enishi-visually-hidden">{t("login.how")}</legend>
      {(["phone", "email"] as const).map((each) => (
        <label key={each}>
          <input type="radio" name="how" checked={contact === each} onChange={() => onChoose(each)} />
          <span>
            <Icon name={each === "phone" ? "phone" : "mail"} size={18} />
            {t(each === "phone" ? "login.byPhone" : "login.byEmail")}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** In the demo nothing is sent: says where the code is, and offers members to try. */
function DemoNote({
  choosing,
  onChoose,
}: {
  choosing: boolean;
  onChoose: (value: string) => void;
}): ReactElement | null {
  const { t } = useWords();
  const { data: demo } = useDemo();
  if (!demo?.demo) return null;
  const members = demo.logins.filter((login) => ["my", "mypage", "member"].includes(login.face));
  return (
    <aside className={styles.demo}>
      <p>
        {t("demo.note")}{" "}
        <a href={demo.outbox_url} target="_blank" rel="noreferrer">
          {t("demo.outbox")}
          <Icon name="external" size={14} />
        </a>
      </p>
      {choosing && members.length > 0 && (
        <div className={styles.members} role="group" aria-label={t("demo.members")}>
          <span>{t("demo.members")}</span>
          {members.map((member) => (
            <button key={member.login} type="button" className="enishi-figure" onClick={() => onChoose(member.login)}>
              {member.login}
            </button>
          ))}
        </div>
      )}
    </aside>
  );
}
