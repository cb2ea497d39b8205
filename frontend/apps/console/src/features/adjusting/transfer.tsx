// Moving a customer's points to another: as a gift within the programme's terms, or to the head of the family.
import { newRequestId } from "@enishi/api/request-id.ts";
import type { Customer, TransferEffect, TransferTerms } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Alert, Button, Divider, Group, Modal, NumberInput, SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { FamilyPart } from "./family.tsx";
import { FindCustomer } from "./find-customer.tsx";
import { Done, Refused, StoreField } from "./parts.tsx";
import { useQuoteTransfer, useTransfer, useTransferTerms } from "./queries.ts";

interface TransferModalProps {
  customer: Customer;
  onClose: () => void;
}

export function TransferModal({ customer, onClose }: TransferModalProps): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useTransferTerms(customer.customer_id);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("adjusting.transfer.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {data === undefined && !isError && <Skeleton height={360} />}
      {data === undefined && isError && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <Stack gap="lg">
          <Steps terms={data} onClose={onClose} />
          <Divider />
          <FamilyPart terms={data} />
        </Stack>
      )}
    </Modal>
  );
}

type Way = "gift" | "pool";

interface Recipient {
  customer_id: string;
  name: string;
}

function Steps({ terms, onClose }: { terms: TransferTerms; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const customerId = terms.customer.customer_id;
  const [only] = terms.stores.length === 1 ? terms.stores : [];
  const [way, setWay] = useState<Way>("gift");
  const [chosen, setChosen] = useState<Recipient | null>(null);
  const [points, setPoints] = useState<number | "">("");
  const [store, setStore] = useState(only?.code ?? "");
  const [requestId, setRequestId] = useState(newRequestId);
  const quote = useQuoteTransfer(customerId);
  const transfer = useTransfer(customerId);
  const head = terms.family?.head ?? null;
  const recipient = way === "pool" ? head : chosen;
  const body = { recipient_id: recipient?.customer_id ?? "", points: Number(points), way, store };
  const check = (event: FormEvent): void => {
    event.preventDefault();
    setRequestId(newRequestId());
    quote.mutate(body);
  };
  if (transfer.isSuccess) {
    const { recipient: to, points: moved, available_after } = transfer.data;
    return (
      <Stack gap="md">
        <Done onClose={onClose}>
          {t("adjusting.transfer.done", {
            name: to.name,
            points: formatPoints(moved),
            available: formatPoints(available_after),
          })}
        </Done>
      </Stack>
    );
  }
  if (quote.isSuccess) {
    return (
      <Preview
        quoted={quote.data}
        error={transfer.error}
        busy={transfer.isPending}
        onBack={() => {
          quote.reset();
          transfer.reset();
        }}
        onConfirm={() => transfer.mutate({ ...body, request_id: requestId })}
      />
    );
  }
  return (
    <form onSubmit={check}>
      <Stack gap="md">
        <p className={styles.lead}>{t("adjusting.transfer.lead", { name: terms.customer.name })}</p>
        {head !== null && (
          <SegmentedControl
            aria-label={t("adjusting.transfer.way")}
            value={way}
            onChange={(value) => setWay(value === "pool" ? "pool" : "gift")}
            data={(["gift", "pool"] as const).map((value) => ({ value, label: t(`adjusting.transfer.${value}`) }))}
          />
        )}
        <Terms terms={terms} way={way} />
        {recipient === null ? (
          <FindCustomer without={[customerId]} action={t("adjusting.transfer.recipient")} onChoose={setChosen} />
        ) : (
          <Chosen recipient={recipient} onChange={way === "pool" ? null : () => setChosen(null)} />
        )}
        <div className={styles.pair}>
          <NumberInput
            label={t("adjusting.points")}
            required
            min={1}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=","
            hideControls
            suffix=" pt"
            inputMode="numeric"
            value={points}
            onChange={(value) => setPoints(typeof value === "number" ? value : "")}
          />
          <StoreField stores={terms.stores} value={store} onChange={setStore} />
        </div>
        <Refused error={quote.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("adjusting.cancel")}
          </Button>
          <Button
            type="submit"
            loading={quote.isPending}
            disabled={recipient === null || points === "" || points <= 0 || store === ""}
          >
            {t("adjusting.check")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Terms({ terms, way }: { terms: TransferTerms; way: Way }): ReactElement {
  const { t } = useTexts();
  const { gifts, fee, each, left_today } = terms.terms;
  if (way === "pool") return <p className={styles.fact}>{t("adjusting.transfer.poolTerms")}</p>;
  if (!gifts) return <Alert color="yellow">{t("adjusting.transfer.noGifts")}</Alert>;
  const values = { each: formatPoints(each), left: formatPoints(left_today), fee: formatPoints(fee) };
  return (
    <p className={styles.fact}>{t(fee === 0 ? "adjusting.transfer.termsFree" : "adjusting.transfer.terms", values)}</p>
  );
}

function Chosen({ recipient, onChange }: { recipient: Recipient; onChange: (() => void) | null }): ReactElement {
  const { t } = useTexts();
  return (
    <ul className={styles.people} aria-label={t("adjusting.transfer.recipient")}>
      <li>
        <span>
          <small>{t("adjusting.transfer.recipient")}</small> {recipient.name}
        </span>
        {onChange !== null && (
          <Button size="xs" variant="subtle" onClick={onChange}>
            {t("adjusting.transfer.change")}
          </Button>
        )}
      </li>
    </ul>
  );
}

interface PreviewProps {
  quoted: TransferEffect;
  error: unknown;
  busy: boolean;
  onBack: () => void;
  onConfirm: () => void;
}

function Preview({ quoted, error, busy, onBack, onConfirm }: PreviewProps): ReactElement {
  const { t } = useTexts();
  return (
    <Stack gap="md">
      <div>
        <p className={styles.preview}>
          {t("adjusting.transfer.preview", { name: quoted.recipient.name, points: formatPoints(quoted.points) })}
        </p>
        <p className={styles.lead}>
          {quoted.fee > 0 && t("adjusting.transfer.fee", { fee: formatPoints(quoted.fee) })}{" "}
          {t("adjusting.transfer.after", { points: formatPoints(quoted.available_after) })}
        </p>
      </div>
      <Refused error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} disabled={busy}>
          {t("adjusting.back")}
        </Button>
        <Button loading={busy} onClick={onConfirm} data-autofocus>
          {t("adjusting.transfer.confirm")}
        </Button>
      </Group>
    </Stack>
  );
}
