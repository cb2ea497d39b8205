// Putting a file in the place of a draft's document.
import type { Draft } from "@enishi/api/types.ts";
import { Button, FileInput, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Refused } from "./parts.tsx";
import { useUpload } from "./queries.ts";

export function UploadModal({ draft, onClose }: { draft: Draft; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const [file, setFile] = useState<File | null>(null);
  const [reason, setReason] = useState("");
  const upload = useUpload(draft.draft);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (file === null) return;
    const body = { yaml: await file.text(), reason: reason.trim(), expected: draft.latest_change };
    upload.mutate(body, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t("drafts.upload")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <p>{t("drafts.uploadLead")}</p>
          <FileInput label={t("drafts.file")} required accept=".yaml,.yml,.json" value={file} onChange={setFile} />
          <Textarea
            label={t("drafts.reason")}
            description={t("drafts.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Refused error={upload.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("drafts.cancel")}
            </Button>
            <Button type="submit" disabled={file === null || reason.trim() === ""} loading={upload.isPending}>
              {t("drafts.upload")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
