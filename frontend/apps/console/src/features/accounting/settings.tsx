// How points are valued and booked: the version that holds for the month, and publishing the next one.
import { asProblem } from "@enishi/api/client.ts";
import type { Books, BooksSettings } from "@enishi/api/types.ts";
import { formatMonth } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./accounting.module.css";
import { usePublishSettings } from "./queries.ts";

const FIGURES = [
  "stand_alone_yen_per_point",
  "fallback_use_rate",
  "history_months",
  "settlement_yen_per_point",
] as const;

/** The order in which an accountant reads them. */
const ACCOUNTS = [
  "sales",
  "contract_liability",
  "points_revenue",
  "breakage_revenue",
  "points_provision",
  "promotion_expense",
  "settlement_receivable",
  "settlement_payable",
] as const;

export function SettingsCard({ books }: { books: Books }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const [opened, modal] = useDisclosure(false);
  const { version, from_month, reason, settings } = books.settings;
  return (
    <Card
      title={t("accounting.settings.title")}
      note={
        version === 0
          ? t("accounting.settings.unpublished")
          : t("accounting.settings.version", { version, month: formatMonth(from_month, locale) })
      }
      actions={
        may("accounting.close") && (
          <Button variant="default" size="xs" onClick={modal.open}>
            {t("accounting.settings.edit")}
          </Button>
        )
      }
    >
      <dl className={styles.effect}>
        {FIGURES.map((name) => (
          <Pair key={name} name={t(`accounting.settings.${name}`)} value={String(settings[name])} />
        ))}
        <Pair
          name={t("accounting.settings.material_right")}
          value={word("accounting.settings.rights", settings.material_right)}
        />
      </dl>
      <h3 className={styles.subtitle}>{t("accounting.settings.accounts")}</h3>
      <dl className={styles.effect}>
        {ACCOUNTS.map((account) => (
          <Pair
            key={account}
            name={t(`accounting.settings.account.${account}`)}
            value={`${settings.accounts[account]?.code ?? ""} ${settings.accounts[account]?.name ?? ""}`}
          />
        ))}
      </dl>
      {version > 0 && <p className={styles.note}>{reason}</p>}
      {opened && <SettingsForm books={books} onClose={modal.close} />}
    </Card>
  );
}

function Pair({ name, value }: { name: string; value: string }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function SettingsForm({ books, onClose }: { books: Books; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const problemText = useProblemText();
  const publish = usePublishSettings();
  const open = books.months.filter(({ closed_at }) => closed_at === null).map(({ month }) => month);
  const choices = open.length > 0 ? open : [books.settings.from_month];
  const [month, setMonth] = useState(choices[0] ?? "");
  const [reason, setReason] = useState("");
  const [draft, setDraft] = useState<BooksSettings>(books.settings.settings);
  const problem = publish.isError ? asProblem(publish.error) : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publish.mutate({ from_month: month, reason, settings: draft }, { onSuccess: onClose });
  };
  const setAccount = (account: string, part: "code" | "name", text: string): void => {
    const before = draft.accounts[account] ?? { code: "", name: "" };
    setDraft({ ...draft, accounts: { ...draft.accounts, [account]: { ...before, [part]: text } } });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("accounting.settings.edit")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("accounting.settings.lead")}</p>
          <NativeSelect
            label={t("accounting.settings.from")}
            value={month}
            onChange={({ currentTarget }) => setMonth(currentTarget.value)}
            data={choices.map((value) => ({ value, label: formatMonth(value, locale) }))}
          />
          {FIGURES.map((name) => (
            <TextInput
              key={name}
              label={t(`accounting.settings.${name}`)}
              required
              inputMode="decimal"
              pattern="\d{1,4}(\.\d{1,6})?"
              error={problem?.field === name ? problem.message : undefined}
              value={String(draft[name])}
              onChange={({ currentTarget: { value } }) =>
                setDraft({ ...draft, [name]: name === "history_months" ? Number.parseInt(value, 10) || 0 : value })
              }
            />
          ))}
          <NativeSelect
            label={t("accounting.settings.material_right")}
            value={draft.material_right}
            onChange={({ currentTarget: { value } }) =>
              setDraft({ ...draft, material_right: value === "none" ? "none" : "purchases" })
            }
            data={(["purchases", "none"] as const).map((value) => ({
              value,
              label: t(`accounting.settings.rights.${value}`),
            }))}
          />
          <fieldset className={styles.accounts}>
            <legend>{t("accounting.settings.accounts")}</legend>
            {ACCOUNTS.map((account) => (
              <div key={account} role="group" aria-label={t(`accounting.settings.account.${account}`)}>
                <span>{t(`accounting.settings.account.${account}`)}</span>
                <TextInput
                  aria-label={t("accounting.settings.code")}
                  required
                  maxLength={32}
                  value={draft.accounts[account]?.code ?? ""}
                  onChange={({ currentTarget }) => setAccount(account, "code", currentTarget.value)}
                />
                <TextInput
                  aria-label={t("accounting.settings.name")}
                  required
                  maxLength={100}
                  value={draft.accounts[account]?.name ?? ""}
                  onChange={({ currentTarget }) => setAccount(account, "name", currentTarget.value)}
                />
              </div>
            ))}
          </fieldset>
          <Textarea
            label={t("accounting.settings.reason")}
            description={t("accounting.settings.reasonHint")}
            required
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {problem !== null && <Alert color="red">{problemText(problem)}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("accounting.close.cancel")}
            </Button>
            <Button type="submit" loading={publish.isPending}>
              {t("accounting.settings.publish")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
