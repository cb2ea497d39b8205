// One tier in the form: closed it says in a line what it asks for, opened it is edited.
import { Icon } from "@enishi/ui/icons.tsx";
import { RankDot } from "@enishi/ui/rank.tsx";
import { useLocale } from "@enishi/i18n/start.ts";
import { Checkbox, ColorInput, TextInput, UnstyledButton } from "@mantine/core";
import { type ReactElement, useId } from "react";
import { useTexts } from "../../shell/texts.ts";
import { useCriterionWords } from "./criteria-words.ts";
import { Criteria } from "./criteria.tsx";
import { isInside, RowButtons, useErrors, useShared } from "./form-parts.tsx";
import styles from "./ladder.module.css";
import { TIER_COLOURS, type TierRule } from "./ladder.ts";
import { Rewards } from "./reward-fields.tsx";

interface TierProps {
  tier: TierRule;
  level: number;
  count: number;
  opened: boolean;
  onToggle: () => void;
  onChange: (tier: TierRule) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: (() => void) | null;
}

export function TierCard({ tier, level, count, opened, onToggle, onChange, onMove, onRemove }: TierProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const body = useId();
  const words = useCriterionWords();
  const { problems } = useShared();
  const field = `tiers[${level}]`;
  const wrong = problems.filter((one) => one.field === field || isInside(one.field, field)).length;
  const shown = locale === "ja" ? tier.name_ja : tier.name_en;
  const name = shown.trim() === "" ? t("ladder.unnamed") : shown;
  const asks =
    tier.criteria !== null ? words.criterion(tier.criteria) : level === 0 ? t("ladder.everybody") : t("ladder.asksNothing");
  return (
    <li className={styles.tier} data-wrong={wrong > 0}>
      <div className={styles.tierHead}>
        <UnstyledButton className={styles.tierToggle} aria-expanded={opened} aria-controls={body} onClick={onToggle}>
          <Icon name={opened ? "chevronDown" : "chevronRight"} size={16} />
          <RankDot tier={{ code: tier.code, level, name, colour: tier.colour }} />
          <span>
            <b>{name}</b>
            {wrong > 0 && <em>{t("ladder.wrong", { n: wrong })}</em>}
            {!opened && <small>{asks}</small>}
          </span>
        </UnstyledButton>
        <RowButtons list="tiers" index={level} count={count} up={1} name={name} onMove={onMove} onRemove={onRemove} />
      </div>
      {opened && (
        <div id={body} className={styles.tierBody}>
          <Names tier={tier} field={field} onChange={onChange} />
          {level === 0 && tier.criteria === null ? (
            <p className={styles.hint}>{t("ladder.lowestHint")}</p>
          ) : (
            <Criteria field={`${field}.criteria`} one={tier.criteria} onChange={(criteria) => onChange({ ...tier, criteria })} />
          )}
          {level > 0 && (
            <Checkbox
              label={t("ladder.permanent")}
              description={t("ladder.permanentHint")}
              checked={tier.permanent}
              onChange={({ currentTarget }) => onChange({ ...tier, permanent: currentTarget.checked })}
            />
          )}
          {(level > 0 || tier.rewards.length > 0) && (
            <Rewards field={field} rewards={tier.rewards} onChange={(rewards) => onChange({ ...tier, rewards })} />
          )}
        </div>
      )}
    </li>
  );
}

function Names({ tier, field, onChange }: { tier: TierRule; field: string; onChange: (tier: TierRule) => void }): ReactElement {
  const { t } = useTexts();
  const errors = useErrors();
  return (
    <div className={styles.names}>
      <TextInput
        label={t("ladder.nameJa")}
        maxLength={100}
        error={errors(`${field}.name_ja`)}
        value={tier.name_ja}
        onChange={({ currentTarget }) => onChange({ ...tier, name_ja: currentTarget.value })}
      />
      <TextInput
        label={t("ladder.nameEn")}
        maxLength={100}
        error={errors(`${field}.name_en`)}
        value={tier.name_en}
        onChange={({ currentTarget }) => onChange({ ...tier, name_en: currentTarget.value })}
      />
      <TextInput
        label={t("ladder.code")}
        description={t("ladder.codeHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        maxLength={40}
        error={errors(`${field}.code`)}
        value={tier.code}
        onChange={({ currentTarget }) => onChange({ ...tier, code: currentTarget.value.toLowerCase() })}
      />
      <ColorInput
        label={t("ladder.colour")}
        format="hex"
        withEyeDropper={false}
        swatches={[...TIER_COLOURS]}
        error={errors(`${field}.colour`)}
        value={tier.colour}
        onChange={(colour) => onChange({ ...tier, colour: colour.toUpperCase() })}
      />
    </div>
  );
}
