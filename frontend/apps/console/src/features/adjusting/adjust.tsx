// Points by hand: what and why, the balance afterwards, then a deliberate yes. Beyond the limit it asks somebody else.
import { newRequestId } from "@enishi/api/request-id.ts";
import type { Adjusting, AdjustmentEffect, Customer } from "@enishi/api/types.ts";
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Checkbox, Group, Modal, NumberInput, SegmentedControl, Skeleton, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { Done, Effect, ReasonFields, Refused, StoreField } from "./parts.tsx";
import { type AdjustmentBody, useAdjust, useAdjusting, useQuoteAdjustment } from "./queries.ts";

const MOST = 1_000_000_000;

interface AdjustModalProps {
  customer: Customer;
  onClose: () => void;
}

export function AdjustModal({ customer, onClose }: AdjustModalProps): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useAdjusting();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("adjusting.adjust.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {data === undefined && !isError && <Skeleton height={360} />}
      {data === undefined && isError && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && data.limit === null && <Alert color="yellow">{t("adjusting.adjust.noLimit")}</Alert>}
      {data !== undefined && data.limit !== null && <Steps customer={customer} form={data} onClose={onClose} />}
    </Modal>
  );
}

interface Draft {
  give: boolean;
  points: number | "";
  kind: "regular" | "limited";
  expiresOn: string;
  reason: string;
  note: string;
  store: string;
  owing: boolean;
}

function bodyOf(draft: Draft): AdjustmentBody {
  const points = Number(draft.points);
  return {
    points: draft.give ? points : -points,
    reason: draft.reason,
    note: draft.note.trim(),
    store: draft.store,
    kind: draft.give ? draft.kind : "regular",
    expires_on: draft.give && draft.expiresOn !== "" ? draft.expiresOn : null,
    allow_owing: !draft.give && draft.owing,
  };
}

function Steps({ customer, form, onClose }: AdjustModalProps & { form: Adjusting }): ReactElement {
  const { t } = useTexts();
  const [only] = form.stores.length === 1 ? form.stores : [];
  const [draft, setDraft] = useState<Draft>({
    give: true,
    points: "",
    kind: "regular",
    expiresOn: "",
    reason: "",
    note: "",
    store: only?.code ?? "",
    owing: false,
  });
  const [requestId, setRequestId] = useState(newRequestId);
  const quote = useQuoteAdjustment(customer.customer_id);
  const adjust = useAdjust(customer.customer_id);
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const check = (event: FormEvent): void => {
    event.preventDefault();
    // What is checked anew may differ from what was sent, so it goes under a name of its own.
    setRequestId(newRequestId());
    quote.mutate(bodyOf(draft));
  };
  if (adjust.isSuccess) {
    const { state, available } = adjust.data;
    return (
      <Stack gap="md">
        <Done onClose={onClose}>
          {state === "done"
            ? t("adjusting.adjust.done", { points: formatPoints(available ?? 0) })
            : t("adjusting.adjust.asked")}
        </Done>
      </Stack>
    );
  }
  if (quote.isSuccess) {
    return (
      <Preview
        form={form}
        quoted={quote.data}
        error={adjust.error}
        busy={adjust.isPending}
        onBack={() => {
          quote.reset();
          adjust.reset();
        }}
        onConfirm={() => adjust.mutate({ ...bodyOf(draft), request_id: requestId })}
      />
    );
  }
  return (
    <form onSubmit={check}>
      <Stack gap="md">
        <p className={styles.lead}>{t("adjusting.adjust.lead", { name: customer.name })}</p>
        <Amount draft={draft} form={form} onChange={change} />
        <ReasonFields
          reasons={form.reasons}
          reason={draft.reason}
          note={draft.note}
          onReason={(reason) => change({ reason })}
          onNote={(note) => change({ note })}
        />
        <StoreField stores={form.stores} value={draft.store} onChange={(store) => change({ store })} />
        <LimitNote form={form} />
        <Refused error={quote.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("adjusting.cancel")}
          </Button>
          <Button
            type="submit"
            loading={quote.isPending}
            disabled={draft.points === "" || draft.points <= 0 || draft.reason === "" || draft.store === ""}
          >
            {t("adjusting.check")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface AmountProps {
  draft: Draft;
  form: Adjusting;
  onChange: (part: Partial<Draft>) => void;
}

function Amount({ draft, form, onChange }: AmountProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <>
      <SegmentedControl
        aria-label={t("adjusting.adjust.direction")}
        value={draft.give ? "give" : "take"}
        onChange={(value) => onChange({ give: value === "give" })}
        data={(["give", "take"] as const).map((value) => ({ value, label: t(`adjusting.adjust.${value}`) }))}
      />
      <NumberInput
        label={t("adjusting.points")}
        required
        data-autofocus
        min={1}
        max={MOST}
        allowDecimal={false}
        allowNegative={false}
        thousandSeparator=","
        hideControls
        suffix=" pt"
        inputMode="numeric"
        value={draft.points}
        onChange={(value) => onChange({ points: typeof value === "number" ? value : "" })}
      />
      {draft.give ? (
        <div className={styles.pair}>
          <div>
            <p className={styles.label} id="adjust-kind">
              {t("adjusting.adjust.kind")}
            </p>
            <SegmentedControl
              fullWidth
              aria-labelledby="adjust-kind"
              value={draft.kind}
              onChange={(value) => onChange({ kind: value === "limited" ? "limited" : "regular" })}
              data={(["regular", "limited"] as const).map((value) => ({ value, label: t(`common:kind.${value}`) }))}
            />
          </div>
          <TextInput
            type="date"
            label={t("adjusting.expiresOn")}
            description={t("adjusting.adjust.expiresHint", { date: formatDate(form.regular_until, locale) })}
            inputWrapperOrder={["label", "input", "description"]}
            min={form.today}
            value={draft.expiresOn}
            onChange={({ currentTarget }) => onChange({ expiresOn: currentTarget.value })}
          />
        </div>
      ) : (
        <Checkbox
          label={t("adjusting.adjust.owing")}
          description={t("adjusting.adjust.owingHint")}
          checked={draft.owing}
          onChange={({ currentTarget }) => onChange({ owing: currentTarget.checked })}
        />
      )}
    </>
  );
}

function LimitNote({ form }: { form: Adjusting }): ReactElement | null {
  const { t } = useTexts();
  if (form.limit === null) return null;
  return (
    <p className={styles.fact}>
      {t("adjusting.adjust.limit", {
        alone: formatPoints(form.limit.alone_up_to),
        each: formatPoints(form.limit.points_each),
        left: formatPoints(form.left_today),
      })}
    </p>
  );
}

interface PreviewProps {
  form: Adjusting;
  quoted: AdjustmentEffect;
  error: unknown;
  busy: boolean;
  onBack: () => void;
  onConfirm: () => void;
}

function Preview({ form, quoted, error, busy, onBack, onConfirm }: PreviewProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const points = formatPoints(Math.abs(quoted.points));
  return (
    <Stack gap="md">
      <p className={styles.preview}>
        {quoted.expires_on === null
          ? t("adjusting.adjust.previewTake", { points })
          : t("adjusting.adjust.previewGive", { points, date: formatDate(quoted.expires_on, locale) })}
      </p>
      <Effect effect={quoted.effect} />
      {quoted.waits && (
        <Alert color="yellow">
          {t("adjusting.adjust.waits", { alone: formatPoints(form.limit?.alone_up_to ?? 0) })}
        </Alert>
      )}
      <Refused error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} disabled={busy}>
          {t("adjusting.back")}
        </Button>
        <Button loading={busy} onClick={onConfirm} data-autofocus>
          {t(quoted.waits ? "adjusting.adjust.request" : "adjusting.adjust.confirm")}
        </Button>
      </Group>
    </Stack>
  );
}
