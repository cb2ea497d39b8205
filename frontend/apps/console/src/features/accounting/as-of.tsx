// Any past instant: what was owed in all, and what one customer had, by what was recorded by then.
import type { BooksAsOf, PointsAt } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatDateTime, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, type ReactNode, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./as-of.module.css";
import { useBooksAsOf, usePointsAt } from "./queries.ts";

/** What an input of the browser says, on the clock of the shops. */
function instantOf(value: string): string {
  return `${value}:00+09:00`;
}

export function BooksAsOfCard(): ReactElement {
  const { t } = useTexts();
  const [at, setAt] = useState<string>();
  const { data, error, isFetching, refetch } = useBooksAsOf(at);
  return (
    <Card title={t("accounting.asOf.books")} note={t("accounting.asOf.booksNote")}>
      <Choose label={t("accounting.asOf.at")} loading={isFetching} onChoose={setAt} />
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Books found={data} />}
    </Card>
  );
}

function Books({ found }: { found: BooksAsOf }): ReactElement {
  const { t } = useTexts();
  return (
    <Answer at={found.at}>
      <Line label={t("accounting.asOf.balance")}>{formatPoints(found.balance)}</Line>
      <Line label={t("accounting.asOf.outstanding")}>{formatPoints(found.outstanding)}</Line>
      <Line label={t("accounting.kpi.contract_liability_yen")}>{formatYen(found.contract_liability_yen)}</Line>
      <Line label={t("accounting.kpi.provision_yen")}>{formatYen(found.provision_yen)}</Line>
      <Line label={t("accounting.asOf.accounts")}>{formatCount(found.accounts)}</Line>
    </Answer>
  );
}

export function PointsAtCard({ customerId }: { customerId: string }): ReactElement {
  const { t } = useTexts();
  const [at, setAt] = useState<string>();
  const { data, error, isFetching, refetch } = usePointsAt(customerId, at);
  return (
    <Card title={t("accounting.asOf.points")} note={t("accounting.asOf.pointsNote")}>
      <Choose label={t("accounting.asOf.at")} loading={isFetching} onChoose={setAt} />
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Points found={data} />}
    </Card>
  );
}

function Points({ found }: { found: PointsAt }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <Answer at={found.at}>
      <Line label={t("accounting.asOf.available")}>{formatPoints(found.available)}</Line>
      {found.rank_name != null && <Line label={t("accounting.asOf.rank")}>{found.rank_name}</Line>}
      {found.held !== 0 && <Line label={t("accounting.asOf.held")}>{formatPoints(found.held)}</Line>}
      {found.lots.map((lot) => (
        <Line
          key={`${lot.kind} ${lot.expires_on}`}
          label={t("accounting.asOf.lot", {
            kind: t(lot.kind === "r" ? "common:kind.regular" : "common:kind.limited"),
            date: formatDate(lot.expires_on, locale),
          })}
        >
          {formatPoints(lot.points)}
        </Line>
      ))}
    </Answer>
  );
}

interface ChooseProps {
  label: string;
  loading: boolean;
  onChoose: (at: string) => void;
}

function Choose({ label, loading, onChoose }: ChooseProps): ReactElement {
  const { t } = useTexts();
  const [value, setValue] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (value !== "") onChoose(instantOf(value));
  };
  return (
    <form className={styles.choose} onSubmit={submit}>
      <TextInput
        type="datetime-local"
        label={label}
        size="sm"
        required
        withAsterisk={false}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <Button type="submit" variant="default" size="sm" loading={loading}>
        {t("accounting.asOf.show")}
      </Button>
    </form>
  );
}

function Answer({ at, children }: { at: string; children: ReactNode }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.answer} role="status">
      <p>{t("accounting.asOf.answer", { date: formatDateTime(at, locale) })}</p>
      <dl>{children}</dl>
    </div>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="enishi-figure">{children}</dd>
    </div>
  );
}
