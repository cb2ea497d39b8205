// Groups of stores that conditions can be about. A group goes by its name, also wherever it is named.
import { Button, MultiSelect, TagsInput, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { RowButtons, useErrors, useShared } from "./form-parts.tsx";
import styles from "./ladder.module.css";
import { type Ladder, renameGroup } from "./ladder.ts";

export function StoreGroups({ ladder, onChange }: { ladder: Ladder; onChange: (ladder: Ladder) => void }): ReactElement {
  const { t } = useTexts();
  const { store_groups } = ladder;
  const names = Object.keys(store_groups);
  const put = (name: string, stores: string[]): void => onChange({ ...ladder, store_groups: { ...store_groups, [name]: stores } });
  const add = (): void => {
    for (let number = names.length + 1; ; number += 1) {
      const name = t("ladder.groupAt", { n: number });
      if (!names.includes(name)) return put(name, []);
    }
  };
  return (
    <div className={styles.groups}>
      <p className={styles.hint}>{t("ladder.groupsHint")}</p>
      {names.map((name) => (
        <div key={name} className={styles.group} role="group" aria-label={name}>
          <GroupName name={name} taken={names} onRename={(to) => onChange(renameGroup(ladder, name, to))} />
          <Stores name={name} stores={store_groups[name] ?? []} onChange={(stores) => put(name, stores)} />
          <RowButtons
            list="store_groups"
            index={0}
            count={1}
            name={name}
            onMove={() => undefined}
            onRemove={() => {
              const { [name]: _gone, ...rest } = store_groups;
              onChange({ ...ladder, store_groups: rest });
            }}
          />
        </div>
      ))}
      <Button variant="default" size="xs" className={styles.add} onClick={add}>
        {t("ladder.addGroup")}
      </Button>
    </div>
  );
}

/** What is typed becomes the name when the field is left, so that no half of a name is ever one. */
function GroupName({ name, taken, onRename }: { name: string; taken: readonly string[]; onRename: (name: string) => void }): ReactElement {
  const { t } = useTexts();
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const clash = wanted !== name && taken.includes(wanted);
  const error = wanted === "" ? t("ladder.problems.empty") : clash ? t("ladder.groupClash") : undefined;
  return (
    <TextInput
      label={t("ladder.groupName")}
      maxLength={64}
      error={error}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={() => {
        if (error === undefined && wanted !== name) onRename(wanted);
      }}
    />
  );
}

function Stores({ name, stores, onChange }: { name: string; stores: string[]; onChange: (stores: string[]) => void }): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(`store_groups['${name}']`, true);
  const known = useShared().choices.stores;
  const field = { label: t("ladder.groupStores"), error, clearable: true, value: stores, onChange };
  if (known.length === 0) return <TagsInput {...field} splitChars={[",", "、", " ", "\n"]} acceptValueOnBlur />;
  const gone = stores.filter((code) => !known.some((one) => one.code === code));
  return (
    <MultiSelect
      {...field}
      searchable
      limit={50}
      nothingFoundMessage={t("ladder.noStore")}
      data={[
        ...known.map(({ code, name: label }) => ({ value: code, label: label === code ? code : `${label}（${code}）` })),
        ...gone.map((code) => ({ value: code, label: code })),
      ]}
    />
  );
}
