// One benefit: what it is, whose it is, how often it is given, and where and when it holds.
import type { BenefitSetting, BenefitsPage } from "@enishi/api/types.ts";
import {
  Button,
  Checkbox,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";

const KINDS = ["gift", "special_item", "free_shipping", "early_access", "priority_support"] as const;
const PERS = ["ever", "visit", "day", "month", "quarter", "year"] as const;
const CHANNELS = ["pos", "ec", "app", "line"] as const;

const BLANK: BenefitSetting = {
  code: "",
  kind: "gift",
  name_ja: "",
  name_en: "",
  note_ja: "",
  note_en: "",
  tier: null,
  and_above: true,
  rewards_only: false,
  limit: { times: 1, per: "visit" },
  stores: [],
  channels: [],
  from_at: null,
  until_at: null,
  min_amount_yen: 0,
  skus: [],
  windows: [],
  opens_at: null,
};

interface EditProps {
  page: BenefitsPage;
  benefit: BenefitSetting | null;
  taken: string[];
  onClose: () => void;
  onApply: (benefit: BenefitSetting) => void;
}

/** An instant as the browser's own field shows it, in the zone of whoever sits before it. */
function local(at: string | null | undefined): string {
  if (at === null || at === undefined) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function instant(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}

export function EditModal({ page, benefit, taken, onClose, onApply }: EditProps): ReactElement {
  const { t } = useTexts();
  const [one, setOne] = useState<BenefitSetting>(benefit ?? BLANK);
  const set = (part: Partial<BenefitSetting>): void => setOne({ ...one, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onApply({ ...one, skus: one.skus.map((sku) => sku.trim()).filter((sku) => sku !== "") });
  };
  const isEarly = one.kind === "early_access";
  const clash = benefit === null && taken.includes(one.code);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t(benefit === null ? "benefits.add" : "benefits.edit")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NativeSelect
              label={t("benefits.kind")}
              value={one.kind}
              data={KINDS.map((kind) => ({ value: kind, label: t(`benefits.kinds.${kind}`) }))}
              onChange={({ currentTarget }) => {
                const kind = KINDS.find((name) => name === currentTarget.value) ?? "gift";
                set({
                  kind,
                  limit: kind === "gift" || kind === "special_item" ? (one.limit ?? { times: 1, per: "visit" }) : null,
                  windows: kind === "early_access" ? one.windows : [],
                  opens_at: kind === "early_access" ? one.opens_at : null,
                  min_amount_yen: kind === "free_shipping" ? one.min_amount_yen : 0,
                });
              }}
            />
            <TextInput
              label={t("benefits.code")}
              description={t("benefits.codeHint")}
              required
              disabled={benefit !== null}
              pattern="[a-z0-9][a-z0-9_\-]{0,39}"
              error={clash}
              value={one.code}
              onChange={({ currentTarget }) => set({ code: currentTarget.value.toLowerCase() })}
            />
            <TextInput
              label={t("benefits.nameJa")}
              required
              maxLength={100}
              value={one.name_ja}
              onChange={({ currentTarget }) => set({ name_ja: currentTarget.value })}
            />
            <TextInput
              label={t("benefits.nameEn")}
              required
              maxLength={100}
              value={one.name_en}
              onChange={({ currentTarget }) => set({ name_en: currentTarget.value })}
            />
            <Textarea
              label={t("benefits.noteJa")}
              maxLength={500}
              autosize
              value={one.note_ja}
              onChange={({ currentTarget }) => set({ note_ja: currentTarget.value })}
            />
            <Textarea
              label={t("benefits.noteEn")}
              maxLength={500}
              autosize
              value={one.note_en}
              onChange={({ currentTarget }) => set({ note_en: currentTarget.value })}
            />
          </SimpleGrid>
          <Whose page={page} one={one} set={set} />
          {!isEarly && !one.rewards_only && <Often one={one} set={set} />}
          {one.kind === "free_shipping" && (
            <NumberInput
              label={t("benefits.minAmount")}
              min={0}
              thousandSeparator=","
              value={one.min_amount_yen}
              onChange={(value) => set({ min_amount_yen: Number(value) || 0 })}
            />
          )}
          {(isEarly || one.kind === "special_item") && (
            <Textarea
              label={t("benefits.skus")}
              autosize
              minRows={2}
              value={one.skus.join("\n")}
              onChange={({ currentTarget }) => set({ skus: currentTarget.value.split("\n") })}
            />
          )}
          {isEarly && <Openings page={page} one={one} set={set} />}
          <Where page={page} one={one} set={set} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("benefits.cancel")}
            </Button>
            <Button type="submit" disabled={clash}>
              {t("benefits.apply")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface PartProps {
  page: BenefitsPage;
  one: BenefitSetting;
  set: (part: Partial<BenefitSetting>) => void;
}

function Whose({ page, one, set }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t("benefits.tier")}
        disabled={one.rewards_only}
        value={one.tier ?? ""}
        data={[
          { value: "", label: t("benefits.everybody") },
          ...page.tiers.map(({ code, name }) => ({ value: code, label: name })),
        ]}
        onChange={({ currentTarget }) => set({ tier: currentTarget.value === "" ? null : currentTarget.value })}
      />
      {one.tier !== null && (
        <Checkbox
          label={t("benefits.andAbove")}
          checked={one.and_above}
          onChange={({ currentTarget }) => set({ and_above: currentTarget.checked })}
        />
      )}
      <Checkbox
        label={t("benefits.rewardsOnly")}
        checked={one.rewards_only}
        onChange={({ currentTarget }) =>
          set(currentTarget.checked ? { rewards_only: true, tier: null, limit: null } : { rewards_only: false })
        }
      />
    </Stack>
  );
}

function Often({ one, set }: Omit<PartProps, "page">): ReactElement {
  const { t } = useTexts();
  const { limit } = one;
  return (
    <Stack gap="xs">
      <Checkbox
        label={t("benefits.limit")}
        checked={limit !== null}
        onChange={({ currentTarget }) => set({ limit: currentTarget.checked ? { times: 1, per: "visit" } : null })}
      />
      {limit !== null && (
        <SimpleGrid cols={2}>
          <NumberInput
            label={t("benefits.times")}
            min={1}
            max={1000}
            value={limit.times}
            onChange={(value) => set({ limit: { ...limit, times: Math.max(1, Number(value) || 1) } })}
          />
          <NativeSelect
            label={t("benefits.per")}
            value={limit.per}
            data={PERS.map((per) => ({ value: per, label: t(`benefits.pers.${per}`) }))}
            onChange={({ currentTarget }) =>
              set({ limit: { ...limit, per: PERS.find((per) => per === currentTarget.value) ?? "visit" } })
            }
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}

function Openings({ page, one, set }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <fieldset>
      <legend>{t("benefits.windows")}</legend>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {page.tiers.map((tier) => (
          <TextInput
            key={tier.code}
            type="datetime-local"
            label={tier.name}
            value={local(one.windows.find((window) => window.tier === tier.code)?.opens_at)}
            onChange={({ currentTarget }) => {
              const others = one.windows.filter((window) => window.tier !== tier.code);
              const opens_at = instant(currentTarget.value);
              set({ windows: opens_at === null ? others : [...others, { tier: tier.code, opens_at }] });
            }}
          />
        ))}
        <TextInput
          type="datetime-local"
          label={t("benefits.opensAt")}
          value={local(one.opens_at)}
          onChange={({ currentTarget }) => set({ opens_at: instant(currentTarget.value) })}
        />
      </SimpleGrid>
    </fieldset>
  );
}

function Where({ page, one, set }: PartProps): ReactElement {
  const { t } = useTexts();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <MultiSelect
        label={t("benefits.channels")}
        data={CHANNELS.map((channel) => ({ value: channel, label: t(`common:channel.${channel}`) }))}
        value={one.channels}
        onChange={(values) => set({ channels: CHANNELS.filter((channel) => values.includes(channel)) })}
      />
      <MultiSelect
        label={t("benefits.stores")}
        searchable
        limit={50}
        data={page.stores.map(({ code, name }) => ({ value: code, label: name === code ? name : `${name}（${code}）` }))}
        value={one.stores}
        onChange={(stores) => set({ stores })}
      />
      <TextInput
        type="datetime-local"
        label={t("benefits.from")}
        value={local(one.from_at)}
        onChange={({ currentTarget }) => set({ from_at: instant(currentTarget.value) })}
      />
      <TextInput
        type="datetime-local"
        label={t("benefits.until")}
        value={local(one.until_at)}
        onChange={({ currentTarget }) => set({ until_at: instant(currentTarget.value) })}
      />
    </SimpleGrid>
  );
}
