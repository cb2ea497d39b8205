// One field that takes a scan or typed digits, with keys large enough for a thumb.
import { asProblem } from "@enishi/api/client.ts";
import type { CustomerBrief, EndedCardFound } from "@enishi/api/types.ts";
import { formatDate, formatPoints, formatRelative } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { type FormEvent, type ReactElement, useEffect, useRef } from "react";
import { memory, normalise } from "../../shell/memory.ts";
import { useTexts } from "../../shell/texts.ts";
import type { Lookup } from "./queries.ts";
import styles from "./lookup.module.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
const LONGEST_QUERY = 256;

interface LookupProps {
  typed: string;
  onType: (typed: string) => void;
  lookup: Lookup;
  online: boolean;
  onOpen: (customerId: string, query: string) => void;
}

export function LookupScreen({ typed, onType, lookup, online, onOpen }: LookupProps): ReactElement {
  const { t } = useTexts();
  useEffect(() => {
    document.title = t("pageTitle", { page: t("lookup.title") });
  }, [t]);
  const type = (next: string): void => {
    onType(next.slice(0, LONGEST_QUERY));
    if (lookup.status !== "idle") lookup.reset();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (normalise(typed) !== "") lookup.mutate(typed.trim());
  };
  const found = lookup.data?.customers ?? [];
  const many = found.length > 1 || found.some((one) => one.ended_card !== null) ? found : null;
  return (
    <form className={styles.lookup} onSubmit={submit} role="search">
      <header>
        <h1>{t("lookup.title")}</h1>
        <p>{t("lookup.lead")}</p>
      </header>
      <QueryField typed={typed} onType={type} busy={lookup.isPending} />
      <div aria-live="polite">
        <Outcome lookup={lookup} />
      </div>
      {many !== null ? (
        <Candidates customers={many} onChoose={(id) => onOpen(id, lookup.data?.query ?? typed)} />
      ) : (
        <Keypad typed={typed} onType={type} busy={lookup.isPending} />
      )}
      {!online && many === null && <RecentLookups onOpen={onOpen} />}
      {online && many === null && (
        <p className={styles.scanner}>
          <Icon name="scan" size={22} />
          {t("lookup.scanner")}
        </p>
      )}
    </form>
  );
}

interface FieldProps {
  typed: string;
  onType: (typed: string) => void;
  busy: boolean;
}

function QueryField({ typed, onType, busy }: FieldProps): ReactElement {
  const { t } = useTexts();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div className={styles.field} data-busy={busy}>
      <Icon name="search" size={26} />
      {/* The keys below take the place of the tablet's own keyboard; a real keyboard and a scanner work as well. */}
      <input
        ref={field}
        type="text"
        inputMode="none"
        name="query"
        value={typed}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={LONGEST_QUERY}
        aria-label={t("lookup.field")}
        placeholder={t("lookup.field")}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      {typed !== "" && (
        <button
          type="button"
          aria-label={t("lookup.clear")}
          onClick={() => {
            onType("");
            field.current?.focus();
          }}
        >
          <Icon name="close" size={22} />
        </button>
      )}
    </div>
  );
}

function Keypad({ typed, onType, busy }: FieldProps): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.keypad} role="group" aria-label={t("lookup.keypad")}>
      {KEYS.map((key) => (
        <button key={key} type="button" onClick={() => onType(typed + key)}>
          {key}
        </button>
      ))}
      <button type="button" aria-label={t("lookup.delete")} onClick={() => onType(typed.slice(0, -1))}>
        <Icon name="backspace" size={30} />
      </button>
      <button type="button" onClick={() => onType(`${typed}0`)}>
        0
      </button>
      <button type="submit" className={styles.submit} disabled={busy || normalise(typed) === ""}>
        {busy ? t("lookup.searching") : t("lookup.submit")}
      </button>
    </div>
  );
}

function Outcome({ lookup }: { lookup: Lookup }): ReactElement | null {
  const { t } = useTexts();
  if (lookup.isError) {
    const problem = asProblem(lookup.error);
    const text = problem.unreachable
      ? t("offline.notCached")
      : problem.status === 429
        ? t("lookup.throttled")
        : problem.status >= 500 || problem.status < 0
          ? t("common:error.unexpected")
          : problem.message;
    return <Notice title={t("common:error.title")} text={text} />;
  }
  if (lookup.data === undefined) return null;
  const { length } = lookup.data.customers;
  const ended = lookup.data.customers.find((one) => one.ended_card !== null)?.ended_card;
  if (ended !== undefined && ended !== null) return <EndedCard ended={ended} />;
  if (length === 0) return <Notice title={t("lookup.none")} text={t("lookup.noneHint")} />;
  return length > 1 ? <p className={styles.many}>{t("lookup.many", { n: length })}</p> : null;
}

function EndedCard({ ended }: { ended: EndedCardFound }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  return (
    <Notice
      title={t("cards.endedTitle", {
        date: formatDate(ended.ended_at, locale),
        reason: word("common:cards.reason", ended.reason),
      })}
      text={ended.replaced ? t("cards.endedReplaced") : t("cards.endedAlone")}
    />
  );
}

function Notice({ title, text }: { title: string; text: string }): ReactElement {
  return (
    <div className={styles.notice}>
      <Icon name="warning" size={24} />
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
    </div>
  );
}

interface CandidatesProps {
  customers: CustomerBrief[];
  onChoose: (customerId: string) => void;
}

function Candidates({ customers, onChoose }: CandidatesProps): ReactElement {
  return (
    <ul className={styles.people}>
      {customers.map((customer) => (
        <li key={customer.customer_id}>
          <button type="button" onClick={() => onChoose(customer.customer_id)}>
            <span>
              <strong>{customer.name}</strong>
              <small>{customer.name_kana}</small>
            </span>
            <span className={styles.identifier}>{customer.identifiers[0]?.value}</span>
            <b className="enishi-figure">{formatPoints(customer.available)}</b>
            <Icon name="chevronRight" size={22} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function RecentLookups({ onOpen }: { onOpen: (customerId: string, query: string) => void }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const recent = memory.recent();
  if (recent.length === 0) return null;
  return (
    <section className={styles.recent}>
      <h2>{t("offline.recent")}</h2>
      <ul className={styles.people}>
        {recent.map(({ data, atMs }) => (
          <li key={data.customer.customer_id}>
            <button type="button" onClick={() => onOpen(data.customer.customer_id, "")}>
              <span>
                <strong>{data.customer.name}</strong>
                <small>{formatRelative(new Date(atMs).toISOString(), locale)}</small>
              </span>
              <b className="enishi-figure">{formatPoints(data.customer.balance.available)}</b>
              <Icon name="chevronRight" size={22} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
