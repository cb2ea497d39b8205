// The rank that a customer held at the end of a past day.
import { dayKey, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { usePointsAt } from "../accounting/queries.ts";
import styles from "./customer-rank.module.css";

export function RankAtDay({ customerId }: { customerId: string }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [typed, setTyped] = useState("");
  const [day, setDay] = useState<string>();
  const { data, error, isFetching, refetch } = usePointsAt(customerId, day === undefined ? undefined : `${day}T23:59:59+09:00`);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed !== "") setDay(typed);
  };
  const today = dayKey(new Date().toISOString());
  return (
    <section>
      <h3>{t("rank.past")}</h3>
      <form className={styles.choose} onSubmit={submit}>
        <TextInput
          type="date"
          label={t("rank.pastDay")}
          size="sm"
          required
          withAsterisk={false}
          max={new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Button type="submit" variant="default" size="sm" loading={isFetching}>
          {t("rank.pastShow")}
        </Button>
      </form>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && day !== undefined && (
        <p role="status" className={styles.answer}>
          {data.rank === null
            ? t("rank.pastNone", { date: formatDate(day, locale) })
            : t("rank.pastAnswer", { date: formatDate(day, locale), tier: data.rank_name ?? data.rank })}
        </p>
      )}
    </section>
  );
}
