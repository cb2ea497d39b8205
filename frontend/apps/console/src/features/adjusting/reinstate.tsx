// Giving expired points again, from the entry with which they expired: once, after a look at what it does.
import type { Adjusting, Entry } from "@enishi/api/types.ts";
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Modal, NumberInput, Skeleton, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { Done, ReasonFields, Refused, StoreField } from "./parts.tsx";
import { useAdjusting, useQuoteReinstatement, useReinstate } from "./queries.ts";

interface ReinstateModalProps {
  entry: Entry;
  onClose: () => void;
}

export function ReinstateModal({ entry, onClose }: ReinstateModalProps): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useAdjusting();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("adjusting.reinstate.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {data === undefined && !isError && <Skeleton height={320} />}
      {data === undefined && isError && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Steps entry={entry} form={data} onClose={onClose} />}
    </Modal>
  );
}

function Steps({ entry, form, onClose }: ReinstateModalProps & { form: Adjusting }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [only] = form.stores.length === 1 ? form.stores : [];
  const [points, setPoints] = useState<number | "">(-entry.points);
  const [expiresOn, setExpiresOn] = useState("");
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [store, setStore] = useState(only?.code ?? "");
  const quote = useQuoteReinstatement(entry.entry_id);
  const reinstate = useReinstate(entry.entry_id);
  const body = {
    points: points === "" ? null : points,
    reason,
    note: note.trim(),
    store,
    expires_on: expiresOn === "" ? null : expiresOn,
  };
  const check = (event: FormEvent): void => {
    event.preventDefault();
    quote.mutate(body);
  };
  if (reinstate.isSuccess) {
    const { points: given, available } = reinstate.data;
    return (
      <Stack gap="md">
        <Done onClose={onClose}>
          {t("adjusting.reinstate.done", { points: formatPoints(given), available: formatPoints(available) })}
        </Done>
      </Stack>
    );
  }
  if (quote.isSuccess) {
    const quoted = quote.data;
    return (
      <Stack gap="md">
        {quoted.replayed ? (
          <Alert color="yellow">
            {t("adjusting.reinstate.already", {
              date: formatDate(quoted.recorded_at, locale),
              points: formatPoints(quoted.points),
            })}
          </Alert>
        ) : (
          <p className={styles.preview}>
            {t("adjusting.reinstate.preview", {
              points: formatPoints(quoted.points),
              date: formatDate(quoted.expires_on, locale),
              available: formatPoints(quoted.available),
            })}
          </p>
        )}
        <Refused error={reinstate.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => quote.reset()}>
            {t("adjusting.back")}
          </Button>
          {!quoted.replayed && (
            <Button loading={reinstate.isPending} onClick={() => reinstate.mutate(body)} data-autofocus>
              {t("adjusting.reinstate.confirm")}
            </Button>
          )}
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={check}>
      <Stack gap="md">
        <p className={styles.lead}>
          {t("adjusting.reinstate.lead", {
            date: formatDate(entry.occurred_at, locale),
            points: formatPoints(-entry.points),
          })}
        </p>
        <div className={styles.pair}>
          <NumberInput
            label={t("adjusting.reinstate.points")}
            required
            min={1}
            max={-entry.points}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=","
            hideControls
            suffix=" pt"
            inputMode="numeric"
            value={points}
            onChange={(value) => setPoints(typeof value === "number" ? value : "")}
          />
          <TextInput
            type="date"
            label={t("adjusting.expiresOn")}
            description={t("adjusting.reinstate.expiresHint")}
            inputWrapperOrder={["label", "input", "description"]}
            min={form.today}
            value={expiresOn}
            onChange={({ currentTarget }) => setExpiresOn(currentTarget.value)}
          />
        </div>
        <ReasonFields reasons={form.reasons} reason={reason} note={note} onReason={setReason} onNote={setNote} />
        <StoreField stores={form.stores} value={store} onChange={setStore} />
        <Refused error={quote.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("adjusting.cancel")}
          </Button>
          <Button type="submit" loading={quote.isPending} disabled={points === "" || reason === "" || store === ""}>
            {t("adjusting.check")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
