// What the dialogs about points share: the fields for store, reason and note, the balance before and after, a refusal.
import { asProblem } from "@enishi/api/client.ts";
import type { PointsEffect, PointsReason, StoreRef } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Alert, Button, Group, NativeSelect, Select, Textarea } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { usePointsProblem } from "./problems.ts";

const STORES_SHOWN = 50;

interface StoreFieldProps {
  stores: StoreRef[];
  value: string;
  onChange: (code: string) => void;
}

/** A store to be found by name or code among hundreds. */
export function StoreField({ stores, value, onChange }: StoreFieldProps): ReactElement {
  const { t } = useTexts();
  return (
    <Select
      label={t("adjusting.store")}
      description={t("adjusting.storeHint")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder={t("adjusting.chooseStore")}
      nothingFoundMessage={t("adjusting.noStore")}
      required
      searchable
      limit={STORES_SHOWN}
      data={stores.map(({ code, name }) => ({ value: code, label: name === code ? name : `${name}（${code}）` }))}
      value={value === "" ? null : value}
      onChange={(code) => onChange(code ?? "")}
    />
  );
}

interface ReasonFieldsProps {
  reasons: PointsReason[];
  reason: string;
  note: string;
  onReason: (code: string) => void;
  onNote: (note: string) => void;
}

export function ReasonFields({ reasons, reason, note, onReason, onNote }: ReasonFieldsProps): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <NativeSelect
        label={t("adjusting.reason")}
        required
        value={reason}
        onChange={({ currentTarget }) => onReason(currentTarget.value)}
        data={[
          { value: "", label: t("adjusting.chooseReason"), disabled: true },
          ...reasons.map(({ code, name }) => ({ value: code, label: name })),
        ]}
      />
      <Textarea
        label={t("adjusting.note")}
        description={t("adjusting.noteHint")}
        maxLength={500}
        autosize
        minRows={2}
        maxRows={5}
        value={note}
        onChange={({ currentTarget }) => onNote(currentTarget.value)}
      />
    </>
  );
}

/** The balance before and after, as a small table. */
export function Effect({ effect }: { effect: PointsEffect }): ReactElement {
  const { t } = useTexts();
  const rows = [{ name: "available" as const, before: effect.available_before, after: effect.available_after }];
  const owes = effect.owed_before !== 0 || effect.owed_after !== 0;
  const all = owes ? [...rows, { name: "owed" as const, before: effect.owed_before, after: effect.owed_after }] : rows;
  return (
    <table className={styles.effect}>
      <caption>{t("adjusting.effect.title")}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t("adjusting.effect.before")}</th>
          <th scope="col">{t("adjusting.effect.after")}</th>
        </tr>
      </thead>
      <tbody>
        {all.map(({ name, before, after }) => (
          <tr key={name} data-name={name}>
            <th scope="row">{t(`adjusting.effect.${name}`)}</th>
            <td className="enishi-figure">{formatPoints(before)}</td>
            <td className="enishi-figure">
              <strong>{formatPoints(after)}</strong>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Why something was refused, and that nothing has changed. */
export function Refused({ error }: { error: unknown }): ReactElement | null {
  const { t } = useTexts();
  const problemText = usePointsProblem();
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  // After silence or a failure of the server it is not known whether something was done; asking again settles it.
  const certain = problem.status > 0 && problem.status < 500;
  return (
    <Alert color="red" role="alert">
      {problemText(problem)} {certain && t("adjusting.unchanged")}
    </Alert>
  );
}

export function Done({ children, onClose }: { children: ReactNode; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <Alert color="green" role="status">
        {children}
      </Alert>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t("adjusting.close")}
        </Button>
      </Group>
    </>
  );
}
