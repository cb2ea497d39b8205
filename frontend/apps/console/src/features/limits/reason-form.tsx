// One reason: its names in both languages, its place, and whether it is still offered.
import type { PointsReasonSetting } from "@enishi/api/types.ts";
import { Button, Group, Modal, NumberInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Refused } from "../adjusting/parts.tsx";
import { useSetReason } from "./queries.ts";

interface ReasonModalProps {
  /** Null for a new one, which is then offered at `position`. */
  reason: PointsReasonSetting | null;
  position: number;
  onClose: () => void;
}

export function ReasonModal({ reason, position, onClose }: ReasonModalProps): ReactElement {
  const { t } = useTexts();
  const [draft, setDraft] = useState({
    code: reason?.code ?? "",
    name_ja: reason?.name_ja ?? "",
    name_en: reason?.name_en ?? "",
    position: reason?.position ?? position,
  });
  const save = useSetReason();
  const ended = reason !== null && reason.ended_at !== null;
  const change = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ ...draft, ended }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(reason === null ? "adjusting.limits.newReason" : "adjusting.limits.editReason")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t("adjusting.limits.nameJa")}
            required
            data-autofocus
            maxLength={100}
            value={draft.name_ja}
            onChange={({ currentTarget }) => change({ name_ja: currentTarget.value })}
          />
          <TextInput
            label={t("adjusting.limits.nameEn")}
            required
            maxLength={100}
            value={draft.name_en}
            onChange={({ currentTarget }) => change({ name_en: currentTarget.value })}
          />
          <TextInput
            label={t("adjusting.limits.code")}
            description={t("adjusting.limits.codeHint")}
            required
            disabled={reason !== null}
            maxLength={40}
            pattern="[a-z0-9_\-]{1,40}"
            value={draft.code}
            onChange={({ currentTarget }) => change({ code: currentTarget.value })}
          />
          <NumberInput
            label={t("adjusting.limits.position")}
            required
            min={1}
            max={1000}
            allowDecimal={false}
            allowNegative={false}
            value={draft.position}
            onChange={(value) => change({ position: typeof value === "number" ? value : 1 })}
          />
          <Refused error={save.error} />
          <Group justify="space-between">
            {reason === null ? (
              <span />
            ) : (
              <Button
                variant="subtle"
                color={ended ? undefined : "red"}
                loading={save.isPending}
                onClick={() => save.mutate({ ...draft, ended: !ended }, { onSuccess: onClose })}
              >
                {t(ended ? "adjusting.limits.resume" : "adjusting.limits.end")}
              </Button>
            )}
            <Group gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("adjusting.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {t("adjusting.limits.save")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
