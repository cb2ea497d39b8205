// Undoing a merge: what each side gets, and why.
import { newRequestId } from "@enishi/api/request-id.ts";
import type { MergeEffect, MergeLine } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Alert, Button, Group, Modal, Skeleton, Stack } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./merging.module.css";
import { useRefreshPoints } from "../adjusting/queries.ts";
import { MergeRefused, ReasonField, Sides } from "./parts.tsx";
import { useUndo, useUndoPreview } from "./queries.ts";

interface UndoModalProps {
  customerId: string;
  line: MergeLine;
  onClose: () => void;
}

export function UndoModal({ customerId, line, onClose }: UndoModalProps): ReactElement {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const [requestId] = useState(newRequestId);
  const absorbedId = line.absorbed.customer_id;
  const preview = useUndoPreview(customerId, absorbedId);
  const undo = useUndo(customerId);
  const refresh = useRefreshPoints();
  const close = (): void => {
    if (undo.isSuccess) refresh();
    onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      title={t("merging.undoTitle")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {undo.isSuccess ? (
        <Stack gap="md">
          <Alert color="green" role="status">
            {t("merging.undone")}
          </Alert>
          <Group justify="flex-end">
            <Button onClick={close} data-autofocus>
              {t("adjusting.close")}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="md">
          <p className={styles.lead}>{t("merging.undoLead")}</p>
          {preview.isPending && <Skeleton height={240} />}
          {preview.data !== undefined && <Parts effect={preview.data} />}
          <MergeRefused error={preview.error} />
          <ReasonField value={reason} onChange={setReason} />
          <MergeRefused error={undo.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("adjusting.cancel")}
            </Button>
            <Button
              color="red"
              loading={undo.isPending}
              disabled={preview.data === undefined || reason.trim() === ""}
              onClick={() => undo.mutate({ absorbed_id: absorbedId, reason: reason.trim(), request_id: requestId })}
            >
              {t("merging.undoConfirm")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function Parts({ effect }: { effect: MergeEffect }): ReactElement {
  const { t } = useTexts();
  const owed = Math.min(effect.survivor.balance, effect.absorbed.balance);
  return (
    <>
      <Sides effect={effect} />
      <ul className={styles.facts}>
        <li className="enishi-figure">
          {effect.absorbed.customer.name}：
          {t("merging.sum", {
            moved: formatPoints(effect.moved),
            gained: formatPoints(effect.gained),
            took: formatPoints(effect.took),
            points: formatPoints(effect.absorbed.balance),
          })}
        </li>
        {owed < 0 && <li className={styles.owes}>{t("merging.owes", { points: formatPoints(-owed) })}</li>}
      </ul>
    </>
  );
}
