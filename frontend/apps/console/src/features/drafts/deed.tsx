// Doing something with a draft: what it does, what can not be undone, what the past says of it, and why one does it.
import type { Draft } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { BacktestForDecision } from "./summary.tsx";
import { Changes, Dangers, Refused } from "./parts.tsx";
import { type DraftDeed, useDo } from "./queries.ts";

interface DeedModalProps {
  draft: Draft;
  deed: DraftDeed;
  onClose: () => void;
}

export function DeedModal({ draft, deed, onClose }: DeedModalProps): ReactElement {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const [accepted, setAccepted] = useState<ReadonlySet<string>>(new Set());
  const act = useDo(draft.draft);
  const decides = deed === "submit" || deed === "approve";
  const dangers = decides ? draft.check.dangers : [];
  const all = dangers.every(({ code }) => accepted.has(code));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate(
      { deed, reason: reason.trim(), expected: draft.latest_change, accepted: [...accepted] },
      { onSuccess: onClose },
    );
  };
  const accept = (code: string, is: boolean): void =>
    setAccepted((now) => new Set(is ? [...now, code] : [...now].filter((one) => one !== code)));
  return (
    <Modal
      opened
      onClose={onClose}
      size={decides ? "lg" : "md"}
      title={t(`drafts.deeds.${deed}`)}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <Does draft={draft} deed={deed} />
          {decides && <BacktestForDecision draft={draft} isWriter={deed === "submit"} />}
          {deed === "approve" && <Changes changes={draft.check.changes} />}
          {dangers.length > 0 && <Dangers dangers={dangers} accepted={accepted} onAccept={accept} />}
          <Textarea
            label={t("drafts.reason")}
            description={t("drafts.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Refused error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("drafts.cancel")}
            </Button>
            <Button
              type="submit"
              color={deed === "discard" || deed === "send_back" ? "red" : undefined}
              disabled={reason.trim() === "" || !all}
              loading={act.isPending}
            >
              {t(`drafts.deeds.${deed}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Does({ draft, deed }: { draft: Draft; deed: DraftDeed }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  if (deed === "approve" && draft.effective_at !== null) {
    return <p>{t("drafts.does.approveLater", { date: formatDateTime(draft.effective_at, locale) })}</p>;
  }
  return <p>{t(`drafts.does.${deed}`)}</p>;
}
