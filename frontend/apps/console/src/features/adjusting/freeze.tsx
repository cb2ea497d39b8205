// Freezing an account under suspicion, and setting it free, each for a typed reason.
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { Refused } from "./parts.tsx";
import { useFreeze } from "./queries.ts";

interface FreezeModalProps {
  customerId: string;
  /** What the account is now. */
  frozen: boolean;
  onClose: () => void;
}

export function FreezeModal({ customerId, frozen, onClose }: FreezeModalProps): ReactElement {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const freeze = useFreeze(customerId);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    freeze.mutate({ frozen: !frozen, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(frozen ? "adjusting.freeze.freeTitle" : "adjusting.freeze.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p className={styles.lead}>{t(frozen ? "adjusting.freeze.freeLead" : "adjusting.freeze.lead")}</p>
          <TextInput
            label={t(frozen ? "adjusting.freeze.freeReason" : "adjusting.freeze.reason")}
            description={t("adjusting.freeze.reasonHint")}
            required
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Refused error={freeze.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("adjusting.cancel")}
            </Button>
            <Button
              type="submit"
              color={frozen ? undefined : "red"}
              loading={freeze.isPending}
              disabled={reason.trim() === ""}
            >
              {t(frozen ? "adjusting.freeze.freeConfirm" : "adjusting.freeze.confirm")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
