// Doing something with a campaign: what it does, and why one does it.
import type { Campaign } from "@enishi/api/types.ts";
import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Premiums } from "./parts.tsx";
import { Refused } from "./problems.tsx";
import { type CampaignDeed, useDeed } from "./queries.ts";

interface DeedModalProps {
  campaign: Campaign;
  deed: CampaignDeed;
  onClose: () => void;
}

const STOPPING: readonly CampaignDeed[] = ["reject", "pause", "end"];

export function DeedModal({ campaign, deed, onClose }: DeedModalProps): ReactElement {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const act = useDeed(campaign.code);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate({ deed, reason: reason.trim(), expected: campaign.latest_change }, { onSuccess: onClose });
  };
  const over = campaign.check.premiums.filter(({ is_over }) => is_over);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`campaigns.deeds.${deed}`)}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{t(`campaigns.does.${deed}`)}</p>
          {(deed === "submit" || deed === "approve") && over.length > 0 && <Premiums premiums={over} />}
          <Textarea
            label={t("campaigns.reason")}
            description={t("campaigns.reasonHint")}
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
              {t("campaigns.cancel")}
            </Button>
            <Button
              type="submit"
              color={STOPPING.includes(deed) ? "red" : undefined}
              disabled={reason.trim() === ""}
              loading={act.isPending}
            >
              {t(`campaigns.deeds.${deed}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
