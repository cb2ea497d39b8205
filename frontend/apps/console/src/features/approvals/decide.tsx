// Approving or rejecting one request, with a note for whoever asked.
import type { PointsRequest } from "@enishi/api/types.ts";
import { formatSignedPoints } from "@enishi/i18n/format.ts";
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "../adjusting/adjusting.module.css";
import { Effect, Refused } from "../adjusting/parts.tsx";
import { useDecide } from "./queries.ts";

interface DecideModalProps {
  request: PointsRequest;
  approve: boolean;
  onClose: () => void;
}

export function DecideModal({ request, approve, onClose }: DecideModalProps): ReactElement {
  const { t } = useTexts();
  const [note, setNote] = useState("");
  const decide = useDecide(request.request_id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(approve ? "adjusting.approvals.approveTitle" : "adjusting.approvals.rejectTitle")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Stack gap="md">
        <p className={styles.lead}>
          {approve
            ? t("adjusting.approvals.approveLead", {
                name: request.customer.name,
                points: formatSignedPoints(request.points),
              })
            : t("adjusting.approvals.rejectLead")}
        </p>
        {approve && request.effect !== null && <Effect effect={request.effect} />}
        <Textarea
          label={t("adjusting.approvals.note")}
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <Refused error={decide.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("adjusting.cancel")}
          </Button>
          <Button
            color={approve ? undefined : "red"}
            loading={decide.isPending}
            onClick={() => decide.mutate({ approve, note: note.trim() }, { onSuccess: onClose })}
          >
            {t(approve ? "adjusting.approvals.approveConfirm" : "adjusting.approvals.rejectConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
