// A sample purchase of a member, with what is being written counted in: what it earns, and why something does not.
import type { CampaignQuote, CampaignQuoteBody, StoreRef } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Button, Group, NativeSelect, Select, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { FindCustomer } from "../adjusting/find-customer.tsx";
import styles from "./editor.module.css";
import { NumberField, WordsField } from "./fields.tsx";
import { fromField, toField } from "./months.ts";
import { Refused } from "./problems.tsx";
import { useTry } from "./queries.ts";
import { PAYMENTS } from "./what-much.tsx";
import { optionsOf } from "./when-who.tsx";

const CHANNELS = ["pos", "ec", "app", "line"] as const;
type Line = CampaignQuoteBody["lines"][number];
const LINE: Line = { sku: "SAMPLE", quantity: 1, unit_price_yen: 5_500, tax_rate_percent: 10, category: "" };

interface SimulatorProps {
  draft: NonNullable<CampaignQuoteBody["draft"]> | null;
  stores: StoreRef[];
}

export function Simulator({ draft, stores }: SimulatorProps): ReactElement {
  const { t } = useTexts();
  const [customer, setCustomer] = useState<{ customer_id: string; name: string } | null>(null);
  const [store, setStore] = useState(stores[0]?.code ?? "");
  const [at, setAt] = useState(() => toField(new Date().toISOString()));
  const [channel, setChannel] = useState<CampaignQuoteBody["channel"]>("pos");
  const [payment, setPayment] = useState<(typeof PAYMENTS)[number] | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [lines, setLines] = useState<Line[]>([LINE]);
  const work = useTry();
  const put = (place: number, part: Partial<Line>): void =>
    setLines(lines.map((line, other) => (other === place ? { ...line, ...part } : line)));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    work.mutate({
      customer_id: customer?.customer_id ?? null,
      store,
      channel,
      occurred_at: at === "" ? null : fromField(at),
      lines,
      payment_method: payment,
      points_to_use: 0,
      codes,
      draft,
    });
  };
  return (
    <Card title={t("campaignEditor.try.title")} note={t("campaignEditor.try.hint")} className={styles.trial}>
      <div className={styles.columns}>
        <div className={styles.lines}>
          {customer === null ? (
            <FindCustomer without={[]} action={t("campaignEditor.try.choose")} onChoose={setCustomer} />
          ) : (
            <Group justify="space-between">
              <strong>{t("campaignEditor.try.chosen", { name: customer.name })}</strong>
              <Button size="xs" variant="default" onClick={() => setCustomer(null)}>
                {t("campaignEditor.try.change")}
              </Button>
            </Group>
          )}
          <form onSubmit={submit} className={styles.lines}>
            <div className={styles.grid}>
              <Select
                label={t("campaignEditor.try.store")}
                searchable
                limit={50}
                allowDeselect={false}
                data={optionsOf(stores, [])}
                value={store}
                onChange={(code) => setStore(code ?? store)}
              />
              <TextInput
                type="datetime-local"
                label={t("campaignEditor.try.at")}
                value={at}
                onChange={({ currentTarget }) => setAt(currentTarget.value)}
              />
              <NativeSelect
                label={t("campaignEditor.try.channel")}
                value={channel}
                data={CHANNELS.map((value) => ({ value, label: t(`common:channel.${value}`) }))}
                onChange={({ currentTarget }) =>
                  setChannel(CHANNELS.find((one) => one === currentTarget.value) ?? "pos")
                }
              />
              <NativeSelect
                label={t("campaignEditor.try.payment")}
                value={payment ?? ""}
                data={[
                  { value: "", label: t("campaignEditor.try.anyPayment") },
                  ...PAYMENTS.map((value) => ({ value, label: t(`common:payment.${value}`) })),
                ]}
                onChange={({ currentTarget }) =>
                  setPayment(PAYMENTS.find((one) => one === currentTarget.value) ?? null)
                }
              />
            </div>
            {lines.map((line, place) => (
              // Lines have no name but their place.
              <div key={String(place)} className={styles.line}>
                <TextInput
                  label={t("campaignEditor.try.sku", { n: place + 1 })}
                  required
                  maxLength={128}
                  value={line.sku}
                  onChange={({ currentTarget }) => put(place, { sku: currentTarget.value })}
                />
                <TextInput
                  label={t("campaignEditor.try.category", { n: place + 1 })}
                  maxLength={128}
                  value={line.category}
                  onChange={({ currentTarget }) => put(place, { category: currentTarget.value })}
                />
                <NumberField
                  label={t("campaignEditor.try.price", { n: place + 1 })}
                  min={0}
                  value={line.unit_price_yen}
                  onValue={(yen) => put(place, { unit_price_yen: yen ?? 0 })}
                />
                <NumberField
                  label={t("campaignEditor.try.quantity", { n: place + 1 })}
                  max={10_000}
                  value={line.quantity}
                  onValue={(quantity) => put(place, { quantity: quantity ?? 1 })}
                />
              </div>
            ))}
            <WordsField label={t("campaignEditor.try.codes")} words={codes} onWords={setCodes} />
            <Group justify="space-between">
              <Button size="xs" variant="default" onClick={() => setLines([...lines, LINE])}>
                {t("campaignEditor.try.addLine")}
              </Button>
              <Button type="submit" disabled={customer === null} loading={work.isPending}>
                {t("campaignEditor.try.run")}
              </Button>
            </Group>
          </form>
        </div>
        <div className={styles.lines} aria-live="polite">
          {draft !== null && <p className={styles.hint}>{t("campaignEditor.try.withDraft")}</p>}
          {customer === null && <p className={styles.hint}>{t("campaignEditor.try.noCustomer")}</p>}
          <Refused error={work.error} />
          {work.data !== undefined && <Answer quote={work.data} />}
        </div>
      </div>
    </Card>
  );
}

function Answer({ quote }: { quote: CampaignQuote }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <p className={styles.sum}>{t("campaignEditor.try.result", { points: formatPoints(quote.points) })}</p>
      <h3 className={styles.heading}>{t("campaignEditor.try.applies")}</h3>
      <ul className={styles.answers}>
        {quote.awards.map((award) => (
          <li key={`${award.campaign ?? ""}-${award.kind}`}>
            <div>
              <strong>{award.name ?? t("campaignEditor.try.base")}</strong>
              <small>{award.sentence}</small>
            </div>
            <b>{formatPoints(award.points)}</b>
          </li>
        ))}
      </ul>
      <h3 className={styles.heading}>{t("campaignEditor.try.notApplied")}</h3>
      {quote.not_applied.length === 0 && <p className={styles.hint}>{t("campaignEditor.try.everyApplies")}</p>}
      <ul className={styles.answers}>
        {quote.not_applied.map((one) => (
          <li key={one.campaign}>
            <div>
              <strong>{one.name}</strong>
              <small>{one.sentence}</small>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
