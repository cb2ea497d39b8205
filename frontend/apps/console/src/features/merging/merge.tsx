// Merging another customer with the one on the page: find, choose who goes on, look at both, say why.
import { newRequestId } from "@enishi/api/request-id.ts";
import type { Customer, MergeEffect } from "@enishi/api/types.ts";
import { formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Modal, SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { FindCustomer } from "../adjusting/find-customer.tsx";
import styles from "./merging.module.css";
import { MergeRefused, ReasonField, Sides } from "./parts.tsx";
import { type MergeBody, useMerge, useMerges, usePreviewMerge } from "./queries.ts";

interface MergeModalProps {
  customer: Customer;
  onClose: () => void;
}

interface Other {
  customer_id: string;
  name: string;
}

export function MergeModal({ customer, onClose }: MergeModalProps): ReactElement {
  const { t } = useTexts();
  const [other, setOther] = useState<Other | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t("merging.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {other === null ? (
        <Choose customer={customer} onChoose={setOther} />
      ) : (
        <Look customer={customer} other={other} onBack={() => setOther(null)} onClose={onClose} />
      )}
    </Modal>
  );
}

function Choose({ customer, onChoose }: { customer: Customer; onChoose: (other: Other) => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data } = useMerges(customer.customer_id);
  const conflicts = data?.conflicts ?? [];
  return (
    <Stack gap="md">
      <p className={styles.lead}>{t("merging.lead", { name: customer.name })}</p>
      <FindCustomer without={[customer.customer_id]} action={t("merging.choose")} onChoose={onChoose} />
      {conflicts.length > 0 && (
        <section>
          <h3 className={styles.heading}>{t("merging.conflicts")}</h3>
          <p className={styles.lead}>{t("merging.conflictNote")}</p>
          <ul className={styles.people}>
            {conflicts.map(({ other, receipts, latest_at }) => (
              <li key={other.customer_id}>
                <span>
                  {other.name}{" "}
                  <small>{t("merging.conflictReceipts", { n: receipts, date: formatDate(latest_at, locale) })}</small>
                </span>
                <Button size="xs" variant="light" onClick={() => onChoose(other)}>
                  {t("merging.choose")}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Stack>
  );
}

interface LookProps extends MergeModalProps {
  other: Other;
  onBack: () => void;
}

function Look({ customer, other, onBack, onClose }: LookProps): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [survivor, setSurvivor] = useState<MergeBody["survivor"]>("this");
  const [reason, setReason] = useState("");
  const [requestId] = useState(newRequestId);
  const preview = usePreviewMerge(customer.customer_id);
  const merge = useMerge(customer.customer_id);
  const body: MergeBody = { other_id: other.customer_id, survivor };
  const [asked, setAsked] = useState(false);
  if (!asked) {
    setAsked(true);
    queueMicrotask(() => preview.mutate(body));
  }
  const choose = (value: string): void => {
    const next = value === "other" ? "other" : "this";
    setSurvivor(next);
    preview.mutate({ ...body, survivor: next });
  };
  if (merge.isSuccess) {
    const to = merge.data.survivor.customer;
    return (
      <Stack gap="md">
        <Alert color="green" role="status">
          {t("merging.done", { name: to.name })}
        </Alert>
        <Group justify="flex-end">
          <Button
            data-autofocus
            onClick={() => {
              onClose();
              void navigate({ to: "/customers/$customerId", params: { customerId: to.customer_id } });
            }}
          >
            {t("merging.open")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <SegmentedControl
        fullWidth
        aria-label={t("merging.keeps")}
        value={survivor}
        onChange={choose}
        data={[
          { value: "this", label: `${t("merging.keeps")}：${customer.name}` },
          { value: "other", label: `${t("merging.keeps")}：${other.name}` },
        ]}
      />
      <p className={styles.lead}>{t("merging.keepsHint")}</p>
      {preview.isPending && <Skeleton height={260} />}
      {preview.isSuccess && <Preview effect={preview.data} />}
      <MergeRefused error={preview.error} />
      <ReasonField value={reason} onChange={setReason} />
      <MergeRefused error={merge.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack}>
          {t("adjusting.back")}
        </Button>
        <Button
          loading={merge.isPending}
          disabled={!preview.isSuccess || reason.trim() === ""}
          onClick={() => merge.mutate({ ...body, reason: reason.trim(), request_id: requestId })}
        >
          {t("merging.confirm")}
        </Button>
      </Group>
    </Stack>
  );
}

function Preview({ effect }: { effect: MergeEffect }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <Sides effect={effect} />
      <ul className={styles.facts}>
        <li>
          {t("merging.moves", {
            points: formatPoints(effect.points),
            receipts: effect.receipts,
            bookings: effect.bookings,
          })}{" "}
          {effect.pending > 0 && t("merging.pending", { points: formatPoints(effect.pending) })}
        </li>
        <li>{t("merging.kept")}</li>
      </ul>
    </>
  );
}
