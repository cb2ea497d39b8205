// A rank given by hand, with its end and a reason, and ending that. Both are audited.
import { asProblem } from "@enishi/api/client.ts";
import type { Rank } from "@enishi/api/types.ts";
import { dayKey } from "@enishi/i18n/format.ts";
import { Alert, Button, Group, Modal, NativeSelect, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useEndOverride, useGiveRank } from "./queries.ts";

interface GiveProps {
  customerId: string;
  rank: Rank;
  onClose: () => void;
}

export function GiveRank({ customerId, rank, onClose }: GiveProps): ReactElement {
  const { t } = useTexts();
  const give = useGiveRank(customerId);
  const { override } = rank;
  // To begin with the rank above: nobody is given what they have.
  const [tier, setTier] = useState(override?.tier ?? rank.ladder[rank.tier.level + 1]?.code ?? rank.tier.code);
  const [exact, setExact] = useState(override?.exact ?? false);
  const [until, setUntil] = useState(override?.until ?? "");
  const [reason, setReason] = useState("");
  const isPast = until !== "" && until < dayKey(new Date().toISOString());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give.mutate({ tier, exact, until: until === "" ? null : until, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t(override === null ? "rank.give" : "rank.change")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("rank.giveLead")}</p>
          <NativeSelect
            label={t("rank.tier")}
            value={tier}
            data={[...rank.ladder].reverse().map(({ code, name }) => ({ value: code, label: name }))}
            onChange={({ currentTarget }) => setTier(currentTarget.value)}
          />
          <Radio.Group label={t("rank.how")} value={exact ? "exactly" : "atLeast"} onChange={(value) => setExact(value === "exactly")}>
            <Stack gap="xs" mt="xs">
              <Radio value="atLeast" label={t("rank.atLeast")} />
              <Radio value="exactly" label={t("rank.exactly")} />
            </Stack>
          </Radio.Group>
          <TextInput
            type="date"
            label={t("rank.until")}
            description={t("rank.untilHint")}
            error={isPast ? t("rank.untilPast") : undefined}
            value={until}
            onChange={({ currentTarget }) => setUntil(currentTarget.value)}
          />
          <Reason reason={reason} onChange={setReason} />
          <Refused error={give.error} />
          <Deeds label={t("rank.submit")} disabled={reason.trim() === "" || isPast} loading={give.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

export function EndOverride({ customerId, onClose }: { customerId: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const end = useEndOverride(customerId);
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    end.mutate({ reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t("rank.end")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("rank.endLead")}</p>
          <Reason reason={reason} onChange={setReason} />
          <Refused error={end.error} />
          <Deeds label={t("rank.submitEnd")} disabled={reason.trim() === ""} loading={end.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

function Reason({ reason, onChange }: { reason: string; onChange: (reason: string) => void }): ReactElement {
  const { t } = useTexts();
  return (
    <Textarea
      label={t("rank.giveReason")}
      description={t("rank.giveReasonHint")}
      required
      maxLength={500}
      autosize
      minRows={2}
      value={reason}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function Refused({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTexts();
  const words = useProblemText();
  if (error === null) return null;
  return (
    <Alert color="red" role="alert" title={t("rank.failed")}>
      {words(asProblem(error))}
    </Alert>
  );
}

function Deeds({ label, disabled, loading, onClose }: { label: string; disabled: boolean; loading: boolean; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {t("rank.cancel")}
      </Button>
      <Button type="submit" disabled={disabled} loading={loading}>
        {label}
      </Button>
    </Group>
  );
}
