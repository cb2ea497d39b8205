// Everything of a ladder of ranks: its tiers with what they ask for and give, the policies, and groups of stores.
// It edits a document and sends nothing, so that whatever page holds it decides what becomes of it.
import { Button, TextInput } from "@mantine/core";
import { type ReactElement, useMemo, useRef, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { FormContext, NO_CHOICES, useErrors } from "./form-parts.tsx";
import { checkLadder, MAX_TIERS } from "./ladder-checks.ts";
import styles from "./ladder.module.css";
import { type Ladder, type LadderProblem, moved, newTier, put } from "./ladder.ts";
import { PolicyFields } from "./policy-fields.tsx";
import { useRankChoices } from "./queries.ts";
import { StoreGroups } from "./store-groups.tsx";
import { TierCard } from "./tier-card.tsx";

interface FormProps {
  ladder: Ladder;
  onChange: (ladder: Ladder) => void;
  /** What the server finds wrong, with fields as it names them; what is empty or outside limits is found here. */
  problems: readonly LadderProblem[];
}

export function LadderForm({ ladder, onChange, problems }: FormProps): ReactElement {
  const { t } = useTexts();
  const choices = useRankChoices().data ?? NO_CHOICES;
  const shared = useMemo(
    () => ({
      problems: merged(checkLadder(ladder), problems),
      choices,
      groups: Object.keys(ladder.store_groups),
    }),
    [ladder, problems, choices],
  );
  return (
    <FormContext value={shared}>
      <div className={styles.form}>
        <Card title={t("ladder.tiers")} note={t("ladder.tiersHint")}>
          <LadderName ladder={ladder} onChange={onChange} />
          <Tiers ladder={ladder} onChange={onChange} />
        </Card>
        <Card title={t("ladder.policies")}>
          <PolicyFields
            policies={ladder.policies}
            onChange={(changed) => onChange({ ...ladder, policies: { ...ladder.policies, ...changed } })}
          />
        </Card>
        <Card title={t("ladder.groups")}>
          <StoreGroups ladder={ladder} onChange={onChange} />
        </Card>
      </div>
    </FormContext>
  );
}

/** Of a field that is empty or outside its limits the server would only say the same again. */
export function merged(own: readonly LadderProblem[], told: readonly LadderProblem[]): LadderProblem[] {
  const inside = told.map((one) => ({ ...one, field: one.field.replace(/^ladder\./, "") }));
  return [...own, ...inside.filter((one) => !own.some(({ field }) => field === one.field))];
}

function LadderName({ ladder, onChange }: Pick<FormProps, "ladder" | "onChange">): ReactElement {
  const { t } = useTexts();
  return (
    <TextInput
      className={styles.name}
      label={t("ladder.name")}
      description={t("ladder.nameHint")}
      maxLength={100}
      error={useErrors()("name")}
      value={ladder.name}
      onChange={({ currentTarget }) => onChange({ ...ladder, name: currentTarget.value })}
    />
  );
}

function Tiers({ ladder, onChange }: Pick<FormProps, "ladder" | "onChange">): ReactElement {
  const { t } = useTexts();
  const { tiers } = ladder;
  const error = useErrors()("tiers");
  // Tiers have no name that stays while they are edited and moved, so each gets a number for as long as the form stands.
  const next = useRef(tiers.length);
  const [numbers, setNumbers] = useState(() => tiers.map((_, level) => level));
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const keys = numbers.length === tiers.length ? numbers : tiers.map((_, level) => level);
  const toggle = (key: number): void =>
    setOpened((now) => new Set(now.has(key) ? [...now].filter((one) => one !== key) : [...now, key]));
  const change = (changed: typeof tiers, order: number[]): void => {
    setNumbers(order);
    onChange({ ...ladder, tiers: changed });
  };
  const add = (): void => {
    const key = next.current;
    next.current += 1;
    setOpened((now) => new Set([...now, key]));
    change([...tiers, newTier(tiers)], [...keys, key]);
  };
  const shown = tiers.map((tier, level) => ({ tier, level, key: keys[level] ?? level })).reverse();
  return (
    <>
      <Button variant="default" size="xs" className={styles.add} disabled={tiers.length >= MAX_TIERS} onClick={add}>
        {t("ladder.addTier")}
      </Button>
      {error !== undefined && <p className={styles.error}>{error}</p>}
      <ol className={styles.tiers} reversed aria-label={t("ladder.tiers")}>
        {shown.map(({ tier, level, key }) => (
          <TierCard
            key={key}
            tier={tier}
            level={level}
            count={tiers.length}
            opened={opened.has(key)}
            onToggle={() => toggle(key)}
            onChange={(changed) => onChange({ ...ladder, tiers: put(tiers, level, changed) })}
            onMove={(by) => change(moved(tiers, level, by), moved(keys, level, by))}
            onRemove={
              tiers.length === 1
                ? null
                : () => change(tiers.filter((_, at) => at !== level), keys.filter((_, at) => at !== level))
            }
          />
        ))}
      </ol>
    </>
  );
}
