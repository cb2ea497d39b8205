// Publishing: from when on, and why. What is published never changes again.
import { asProblem } from "@enishi/api/client.ts";
import type { BenefitSettings, BenefitsPreview } from "@enishi/api/types.ts";
import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { Moves } from "./moves.tsx";
import { usePublish } from "./queries.ts";

interface PublishProps {
  settings: BenefitSettings;
  preview: BenefitsPreview;
  onClose: () => void;
}

export function PublishModal({ settings, preview, onClose }: PublishProps): ReactElement {
  const { t } = useTexts();
  const problemText = useProblemText();
  const publish = usePublish();
  const [reason, setReason] = useState("");
  const [at, setAt] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const effective_at = at === "" ? null : new Date(at).toISOString();
    publish.mutate({ settings, reason: reason.trim(), effective_at }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t("benefits.publishTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("benefits.publishLead")}</p>
          <Moves preview={preview} />
          <TextInput
            type="datetime-local"
            label={t("benefits.effective")}
            description={t("benefits.effectiveHint")}
            value={at}
            onChange={({ currentTarget }) => setAt(currentTarget.value)}
          />
          <Textarea
            label={t("benefits.reason")}
            description={t("benefits.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {publish.isError && <Alert color="red">{problemText(asProblem(publish.error))}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("benefits.cancel")}
            </Button>
            <Button type="submit" disabled={reason.trim() === ""} loading={publish.isPending}>
              {t("benefits.publish")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
