// Publishing a ladder: from when on, and why. What is published can not be taken back, so it is looked at once more.
import { asProblem } from "@enishi/api/client.ts";
import type { LadderPreview } from "@enishi/api/types.ts";
import { Alert, Button, Group, Modal, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import type { Ladder } from "./ladder.ts";
import { usePublishLadder } from "./queries.ts";
import styles from "./ranks.module.css";
import { Changes } from "./versions.tsx";

interface PublishProps {
  ladder: Ladder;
  preview: LadderPreview;
  number: number;
  onClose: () => void;
}

/** What an input of the browser says, on the clock of the shops. */
function instantOf(value: string): string {
  return `${value}:00+09:00`;
}

export function PublishModal({ ladder, preview, number, onClose }: PublishProps): ReactElement {
  const { t } = useTexts();
  const problemText = useProblemText();
  const navigate = useNavigate();
  const publish = usePublishLadder();
  const [reason, setReason] = useState("");
  const [later, setLater] = useState(false);
  const [at, setAt] = useState("");
  const isPast = later && at !== "" && Date.parse(instantOf(at)) <= Date.now();
  const ready = reason.trim() !== "" && (!later || (at !== "" && !isPast));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publish.mutate(
      { ladder, reason: reason.trim(), effective_at: later ? instantOf(at) : null },
      { onSuccess: () => void navigate({ to: "/ranks", search: { tab: "history" } }) },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`${t("ranks.publishTitle")} · ${t("ranks.version", { n: number })}`}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t("ranks.publishLead")}</p>
          {number > 1 && (
            <details className={styles.more} open={preview.changes.length <= 8}>
              <summary>{t("ranks.changes", { n: preview.changes.length })}</summary>
              <Changes changes={preview.changes} />
            </details>
          )}
          <Radio.Group label={t("ranks.when")} value={later ? "later" : "now"} onChange={(value) => setLater(value === "later")}>
            <Stack gap="xs" mt="xs">
              <Radio value="now" label={t("ranks.now")} />
              <Radio value="later" label={t("ranks.later")} />
            </Stack>
          </Radio.Group>
          {later && (
            <TextInput
              type="datetime-local"
              label={t("ranks.laterAt")}
              required
              error={isPast ? t("ranks.past") : undefined}
              value={at}
              onChange={({ currentTarget }) => setAt(currentTarget.value)}
            />
          )}
          <Textarea
            label={t("ranks.reason")}
            description={t("ranks.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {publish.isError && (
            <Alert color="red" role="alert" title={t("ranks.failed")}>
              {problemText(asProblem(publish.error))}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("ranks.cancel")}
            </Button>
            <Button type="submit" disabled={!ready} loading={publish.isPending}>
              {t("ranks.confirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
