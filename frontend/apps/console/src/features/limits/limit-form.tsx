// What one role may adjust: alone, at once, in a day.
import type { RoleLimit } from "@enishi/api/types.ts";
import { Alert, Button, Group, Modal, NumberInput, Stack } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Refused } from "../adjusting/parts.tsx";
import { type LimitBody, useRemoveLimit, useSetLimit } from "./queries.ts";

const MOST = 1_000_000_000;
const FIELDS = [
  { name: "alone_up_to", label: "alone", least: 0 },
  { name: "points_each", label: "each", least: 1 },
  { name: "points_a_day", label: "day", least: 1 },
] as const;
const FIRST: LimitBody = { alone_up_to: 0, points_each: 1_000, points_a_day: 5_000 };

export function LimitModal({ role, onClose }: { role: RoleLimit; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const [draft, setDraft] = useState<LimitBody>(role.limit ?? FIRST);
  const save = useSetLimit(role.role);
  const remove = useRemoveLimit(role.role);
  const ascends = draft.alone_up_to <= draft.points_each && draft.points_each <= draft.points_a_day;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    remove.reset();
    save.mutate(draft, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("adjusting.limits.editName", { name: role.name })}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {FIELDS.map(({ name, label, least }) => (
            <NumberInput
              key={name}
              label={t(`adjusting.limits.${label}`)}
              description={name === "alone_up_to" ? t("adjusting.limits.aloneHint") : undefined}
              required
              min={least}
              max={MOST}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              hideControls
              suffix=" pt"
              inputMode="numeric"
              value={draft[name]}
              onChange={(value) => setDraft({ ...draft, [name]: typeof value === "number" ? value : 0 })}
            />
          ))}
          {!ascends && <Alert color="yellow">{t("adjusting.limits.order")}</Alert>}
          <Refused error={save.error ?? remove.error} />
          <Group justify="space-between">
            {role.limit === null ? (
              <span />
            ) : (
              <Button
                variant="subtle"
                color="red"
                loading={remove.isPending}
                onClick={() => {
                  save.reset();
                  remove.mutate(undefined, { onSuccess: onClose });
                }}
              >
                {t("adjusting.limits.remove")}
              </Button>
            )}
            <Group gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("adjusting.cancel")}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!ascends}>
                {t("adjusting.limits.save")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
