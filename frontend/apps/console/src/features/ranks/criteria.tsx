// What a tier asks for: conditions, joined by "and" or "or", in brackets where both are needed.
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, MultiSelect, NativeSelect, TagsInput } from "@mantine/core";
import { Fragment, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import { isMoney } from "./criteria-words.ts";
import { RowButtons, useErrors, useShared, Whole } from "./form-parts.tsx";
import { MAX_VALUE } from "./ladder-checks.ts";
import styles from "./ladder.module.css";
import {
  type AtLeast,
  type Bracket,
  CHANNELS,
  type Criterion,
  FACTS,
  isBracket,
  joinWith,
  type Leaf,
  MEASURES,
  moved,
  newLeaf,
  put,
  windowIn,
  without,
} from "./ladder.ts";
import { WindowFields } from "./window-fields.tsx";

const DEEPEST = 5;

interface CriterionProps {
  field: string;
  one: Criterion;
  depth: number;
  onChange: (one: Criterion) => void;
}

/** Of a whole tier. Null asks for nothing. */
export function Criteria({ field, one, onChange }: { field: string; one: Criterion | null; onChange: (one: Criterion | null) => void }): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(field);
  return (
    <div className={styles.criteria} role="group" aria-label={t("ladder.criteria")}>
      <p className={styles.label}>{t("ladder.criteria")}</p>
      {one === null && (
        <Button variant="default" size="xs" className={styles.add} onClick={() => onChange(newLeaf())}>
          {t("ladder.addCondition")}
        </Button>
      )}
      {one !== null && isBracket(one) && (
        <BracketFields field={field} one={one} depth={1} onChange={onChange} onEnd={onChange} />
      )}
      {one !== null && !isBracket(one) && (
        <>
          <LeafRow field={field} leaf={one} onChange={onChange} buttons={<RemoveOnly onRemove={() => onChange(null)} />} />
          <div className={styles.adders}>
            {(["all", "any"] as const).map((kind) => (
              <Button key={kind} variant="default" size="xs" onClick={() => onChange(joinWith(one, kind, newLeaf(windowIn(one))))}>
                {t(kind === "all" ? "ladder.addAnd" : "ladder.addOr")}
              </Button>
            ))}
          </div>
        </>
      )}
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function RemoveOnly({ onRemove }: { onRemove: () => void }): ReactElement {
  const { t } = useTexts();
  return <RowButtons list="" index={0} count={1} name={t("ladder.condition")} onMove={() => undefined} onRemove={onRemove} />;
}

interface BracketProps extends Omit<CriterionProps, "one"> {
  one: Bracket;
  /** Takes the place of a bracket that lost its parts. */
  onEnd: (one: Criterion | null) => void;
}

function BracketFields({ field, one, depth, onChange, onEnd }: BracketProps): ReactElement {
  const { t } = useTexts();
  const error = useErrors()(field);
  const other = one.kind === "all" ? "any" : "all";
  return (
    <fieldset className={styles.bracket} data-kind={one.kind}>
      <NativeSelect
        size="xs"
        className={styles.joint}
        aria-label={t("ladder.joint")}
        value={one.kind}
        data={(["all", "any"] as const).map((kind) => ({ value: kind, label: t(`ladder.joints.${kind}`) }))}
        onChange={({ currentTarget }) => onChange({ ...one, kind: currentTarget.value === "any" ? "any" : "all" })}
      />
      {one.of.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <p className={styles.between}>{t(one.kind === "all" ? "ladder.and" : "ladder.or")}</p>}
          <Part
            field={`${field}.of[${index}]`}
            one={part}
            depth={depth + 1}
            onChange={(changed) => onChange({ ...one, of: put(one.of, index, changed) })}
            onEnd={(left) => (left === null ? onEnd(without(one, index)) : onChange({ ...one, of: put(one.of, index, left) }))}
            buttons={
              <RowButtons
                list={`${field}.of`}
                index={index}
                count={one.of.length}
                name={t("ladder.conditionAt", { n: index + 1 })}
                onMove={(by) => onChange({ ...one, of: moved(one.of, index, by) })}
                onRemove={() => onEnd(without(one, index))}
              />
            }
          />
        </Fragment>
      ))}
      {error !== undefined && depth > 1 && <p className={styles.error}>{error}</p>}
      <div className={styles.adders}>
        <Button variant="default" size="xs" onClick={() => onChange({ ...one, of: [...one.of, newLeaf(windowIn(one))] })}>
          {t("ladder.addCondition")}
        </Button>
        {depth < DEEPEST && (
          <Button
            variant="default"
            size="xs"
            onClick={() => onChange({ ...one, of: [...one.of, { kind: other, of: [newLeaf(windowIn(one)), newLeaf(windowIn(one))] }] })}
          >
            {t("ladder.addBracket", { joint: t(`ladder.joints.${other}`) })}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

interface PartProps extends CriterionProps {
  onEnd: (one: Criterion | null) => void;
  buttons: ReactElement;
}

function Part({ buttons, one, onEnd, ...others }: PartProps): ReactElement {
  if (!isBracket(one)) return <LeafRow field={others.field} leaf={one} onChange={others.onChange} buttons={buttons} />;
  return (
    <div className={styles.inner}>
      <BracketFields {...others} one={one} onEnd={onEnd} />
      {buttons}
    </div>
  );
}

interface LeafProps {
  field: string;
  leaf: Leaf;
  onChange: (leaf: Leaf) => void;
  buttons: ReactElement;
}

const WHATS = [...MEASURES, "joined_for", "holds"] as const;

function LeafRow({ field, leaf, onChange, buttons }: LeafProps): ReactElement {
  const { t, word } = useTexts();
  const filtered = leaf.kind === "at_least" && (leaf.channels.length > 0 || leaf.stores !== "" || leaf.categories.length > 0);
  const [opened, setOpened] = useState(false);
  const choose = (what: string): void => {
    if (what === "joined_for") return onChange({ kind: "joined_for", days: 365 });
    if (what === "holds") return onChange({ kind: "holds", fact: "card" });
    const measure = MEASURES.find((one) => one === what) ?? "amount_with_tax";
    onChange(leaf.kind === "at_least" ? { ...leaf, measure } : { ...newLeaf(), measure });
  };
  return (
    <div className={styles.leaf} role="group" aria-label={t("ladder.condition")}>
      <div className={styles.leafFields}>
        <NativeSelect
          label={t("ladder.what")}
          value={leaf.kind === "at_least" ? leaf.measure : leaf.kind}
          data={WHATS.map((value) => ({
            value,
            label: value === "joined_for" || value === "holds" ? t(`ladder.whats.${value}`) : t(`ladder.measures.${value}`),
          }))}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        />
        {leaf.kind === "at_least" && (
          <>
            <Whole
              label={t("ladder.threshold")}
              field={`${field}.value`}
              most={MAX_VALUE}
              value={leaf.value}
              onChange={(value) => onChange({ ...leaf, value })}
              {...(isMoney(leaf.measure) ? { prefix: "¥" } : { suffix: word("ladder.units", leaf.measure) })}
            />
            <WindowFields field={`${field}.window`} window={leaf.window} onChange={(window) => onChange({ ...leaf, window })} />
          </>
        )}
        {leaf.kind === "joined_for" && (
          <Whole
            label={t("ladder.threshold")}
            field={`${field}.days`}
            most={36_600}
            suffix={t("ladder.units.days")}
            value={leaf.days}
            onChange={(days) => onChange({ kind: "joined_for", days })}
          />
        )}
        {leaf.kind === "holds" && (
          <NativeSelect
            label={t("ladder.fact")}
            value={leaf.fact}
            data={FACTS.map((value) => ({ value, label: t(`ladder.facts.${value}`) }))}
            onChange={({ currentTarget }) =>
              onChange({ kind: "holds", fact: FACTS.find((fact) => fact === currentTarget.value) ?? "card" })
            }
          />
        )}
      </div>
      <div className={styles.leafButtons}>
        {leaf.kind === "at_least" && !filtered && !opened && (
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            leftSection={<Icon name="filter" size={14} />}
            onClick={() => setOpened(true)}
          >
            {t("ladder.filter")}
          </Button>
        )}
        {buttons}
      </div>
      {leaf.kind === "at_least" && (filtered || opened) && <Filters field={field} leaf={leaf} onChange={onChange} />}
    </div>
  );
}

function Filters({ field, leaf, onChange }: { field: string; leaf: AtLeast; onChange: (leaf: Leaf) => void }): ReactElement {
  const { t } = useTexts();
  const errors = useErrors();
  const { groups } = useShared();
  const known = leaf.stores === "" || groups.includes(leaf.stores) ? groups : [...groups, leaf.stores];
  return (
    <div className={styles.filters}>
      <MultiSelect
        label={t("ladder.channels")}
        placeholder={leaf.channels.length === 0 ? t("ladder.every") : ""}
        clearable
        error={errors(`${field}.channels`, true)}
        data={CHANNELS.map((value) => ({ value, label: t(`common:channel.${value}`) }))}
        value={leaf.channels}
        onChange={(chosen) => onChange({ ...leaf, channels: CHANNELS.filter((one) => chosen.includes(one)) })}
      />
      <NativeSelect
        label={t("ladder.storeGroup")}
        description={groups.length === 0 ? t("ladder.noGroups") : undefined}
        error={errors(`${field}.stores`)}
        value={leaf.stores}
        data={[{ value: "", label: t("ladder.allStores") }, ...known.map((name) => ({ value: name, label: name }))]}
        onChange={({ currentTarget }) => onChange({ ...leaf, stores: currentTarget.value })}
      />
      <TagsInput
        label={t("ladder.categories")}
        placeholder={leaf.categories.length === 0 ? t("ladder.every") : ""}
        splitChars={[",", "、", "\n"]}
        acceptValueOnBlur
        clearable
        error={errors(`${field}.categories`, true)}
        value={leaf.categories}
        onChange={(categories) => onChange({ ...leaf, categories })}
      />
    </div>
  );
}
