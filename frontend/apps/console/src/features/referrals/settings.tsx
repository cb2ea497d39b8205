// The terms of referrals: what each gets, by when, up to how often, and what is looked at first.
import { asProblem } from "@enishi/api/client.ts";
import type { ReferralSettings } from "@enishi/api/types.ts";
import { Alert, Button, Checkbox, Group, Modal, NativeSelect, NumberInput, SimpleGrid, Stack, Textarea } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { usePublish } from "./queries.ts";

const USUAL: ReferralSettings = {
  is_open: true,
  referrer_points: 500,
  referee_points: 500,
  kind: "regular",
  valid_days: null,
  claim_days: 30,
  purchase_days: 60,
  min_amount_yen: 1000,
  channels: [],
  stores: [],
  wait_days: 14,
  cap: { times: 5, per: "month" },
  cap_total: null,
  on_return: "both",
  ring_depth: 8,
  terminal_claims: 5,
  terminal_minutes: 60,
  referrer_claims: 5,
  referrer_hours: 24,
};

const NUMBERS = [
  ["referrer_points", "referrerPoints", 0],
  ["referee_points", "refereePoints", 0],
  ["min_amount_yen", "minAmount", 0],
  ["claim_days", "claimDays", 0],
  ["purchase_days", "purchaseDays", 1],
  ["wait_days", "waitDays", 0],
] as const;
const CHECKS = [
  ["terminal_claims", "terminalClaims", 1],
  ["terminal_minutes", "terminalMinutes", 1],
  ["referrer_claims", "referrerClaims", 1],
  ["referrer_hours", "referrerHours", 1],
  ["ring_depth", "ringDepth", 2],
] as const;
const RETURNS = ["both", "referrer", "keep"] as const;

export function SettingsModal({
  settings,
  onClose,
}: {
  settings: ReferralSettings | null;
  onClose: () => void;
}): ReactElement {
  const { t } = useTexts();
  const problemText = useProblemText();
  const publish = usePublish();
  const [one, setOne] = useState<ReferralSettings>(settings ?? USUAL);
  const [reason, setReason] = useState("");
  const set = (part: Partial<ReferralSettings>): void => setOne({ ...one, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publish.mutate({ settings: one, effective_at: null, reason: reason.trim() }, { onSuccess: onClose });
  };
  const number = ([name, word, least]: (typeof NUMBERS | typeof CHECKS)[number]): ReactElement => (
    <NumberInput
      key={name}
      label={t(`referrals.${word}`)}
      min={least}
      thousandSeparator=","
      value={one[name]}
      onChange={(value) => set({ [name]: Math.max(least, Number(value) || 0) })}
    />
  );
  const optional = (value: string | number): number | null => (Number(value) > 0 ? Number(value) : null);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("referrals.publishTitle")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("referrals.publishLead")}</p>
          <Checkbox
            label={t("referrals.isOpen")}
            checked={one.is_open}
            onChange={({ currentTarget }) => set({ is_open: currentTarget.checked })}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {NUMBERS.map(number)}
            <NativeSelect
              label={t("referrals.kind")}
              value={one.kind}
              data={[
                { value: "regular", label: t("common:kind.regular") },
                { value: "limited", label: t("common:kind.limited") },
              ]}
              onChange={({ currentTarget }) => set({ kind: currentTarget.value === "limited" ? "limited" : "regular" })}
            />
            <NumberInput
              label={t("referrals.validDays")}
              min={0}
              value={one.valid_days ?? ""}
              onChange={(value) => set({ valid_days: optional(value) })}
            />
            <NumberInput
              label={t("referrals.capTimes")}
              min={0}
              value={one.cap?.times ?? ""}
              onChange={(value) => {
                const times = optional(value);
                set({ cap: times === null ? null : { times, per: one.cap?.per ?? "month" } });
              }}
            />
            <NativeSelect
              label={t("referrals.capPer")}
              disabled={one.cap === null}
              value={one.cap?.per ?? "month"}
              data={[
                { value: "month", label: t("referrals.pers.month") },
                { value: "year", label: t("referrals.pers.year") },
              ]}
              onChange={({ currentTarget }) =>
                set({ cap: one.cap === null ? null : { ...one.cap, per: currentTarget.value === "year" ? "year" : "month" } })
              }
            />
            <NumberInput
              label={t("referrals.capTotal")}
              min={0}
              value={one.cap_total ?? ""}
              onChange={(value) => set({ cap_total: optional(value) })}
            />
            <NativeSelect
              label={t("referrals.onReturn")}
              value={one.on_return}
              data={RETURNS.map((value) => ({ value, label: t(`referrals.returns.${value}`) }))}
              onChange={({ currentTarget }) =>
                set({ on_return: RETURNS.find((value) => value === currentTarget.value) ?? "both" })
              }
            />
          </SimpleGrid>
          <h3>{t("referrals.checks")}</h3>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>{CHECKS.map(number)}</SimpleGrid>
          <Textarea
            label={t("benefits.reason")}
            description={t("benefits.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {publish.isError && <Alert color="red">{problemText(asProblem(publish.error))}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("referrals.cancel")}
            </Button>
            <Button type="submit" disabled={reason.trim() === ""} loading={publish.isPending}>
              {t("referrals.publish")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
