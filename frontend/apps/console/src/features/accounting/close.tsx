// Closing a month: the figures that become final, a deliberate confirmation, and what came of it.
import { asProblem } from "@enishi/api/client.ts";
import type { Books } from "@enishi/api/types.ts";
import { formatMonth, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./accounting.module.css";
import { useBooks, useCloseMonth } from "./queries.ts";

export function CloseButton({ books }: { books: Books }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [opened, modal] = useDisclosure(false);
  const month = books.due[0];
  if (month === undefined) return null;
  return (
    <>
      <Button size="sm" onClick={modal.open}>
        {t("accounting.close.action", { month: formatMonth(month, locale) })}
      </Button>
      {opened && <CloseModal due={books.due} month={month} onClose={modal.close} />}
    </>
  );
}

function CloseModal({ due, month, onClose }: { due: string[]; month: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const navigate = useNavigate({ from: "/accounting" });
  const problemText = useProblemText();
  const [through, setThrough] = useState(false);
  const [sure, setSure] = useState(false);
  const last = due.at(-1) ?? month;
  const target = through ? last : month;
  const { data } = useBooks(target);
  const close = useCloseMonth();
  const published = data !== undefined && data.settings.version > 0;
  const submit = (): void =>
    close.mutate(
      { month: target, through },
      {
        onSuccess: () => {
          onClose();
          void navigate({ search: { month: target } });
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("accounting.close.title", { month: formatMonth(target, locale) })}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Stack gap="md">
        <p>{t("accounting.close.lead")}</p>
        {due.length > 1 && (
          <Checkbox
            checked={through}
            onChange={({ currentTarget }) => setThrough(currentTarget.checked)}
            label={t("accounting.close.all", {
              n: due.length,
              from: formatMonth(month, locale),
              to: formatMonth(last, locale),
            })}
          />
        )}
        {data?.statement?.month === target && (
          <div>
            <h3 className={styles.subtitle}>{t("accounting.close.effect")}</h3>
            <dl className={styles.effect}>
              <dt>{t("accounting.kpi.contract_liability_yen")}</dt>
              <dd>{formatYen(data.statement.kpis.contract_liability_yen)}</dd>
              <dt>{t("accounting.kpi.provision_yen")}</dt>
              <dd>{formatYen(data.statement.kpis.provision_yen)}</dd>
              <dt>{t("accounting.kpi.points_outstanding")}</dt>
              <dd>{formatPoints(data.statement.kpis.points_outstanding)}</dd>
            </dl>
            <p className={styles.note}>{t("accounting.close.preview")}</p>
          </div>
        )}
        {data !== undefined && !published && <Alert color="yellow">{t("accounting.close.needsSettings")}</Alert>}
        {close.isError && <Alert color="red">{problemText(asProblem(close.error))}</Alert>}
        <Checkbox
          checked={sure}
          onChange={({ currentTarget }) => setSure(currentTarget.checked)}
          label={t("accounting.close.confirm")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("accounting.close.cancel")}
          </Button>
          <Button disabled={!sure || !published} loading={close.isPending} onClick={submit}>
            {t("accounting.close.action", { month: formatMonth(target, locale) })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
