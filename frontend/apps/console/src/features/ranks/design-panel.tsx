// Where the cuts of a ladder would lie for wanted shares of members, by what they really bought, and taking them over.
import { asProblem } from "@enishi/api/client.ts";
import type { CutsWanted } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { ActionIcon, Alert, Button, NativeSelect, NumberInput, Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactElement, useMemo, useState } from "react";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { Proposal } from "./design-proposal.tsx";
import styles from "./design.module.css";
import { type Ladder, type Measure, MEASURES, type Window } from "./ladder.ts";
import { useProposal } from "./queries.ts";
import { firstShares, takeCuts } from "./take-cuts.ts";
import { MonthSelect } from "./window-fields.tsx";

const ASK_AFTER_MS = 350;
const WINDOWS = ["months", "quarter", "half", "year", "lifetime"] as const;
const MOST_SHARES = 19;

interface PanelProps {
  ladder: Ladder;
  onTake: (ladder: Ladder) => void;
}

function windowOf(kind: (typeof WINDOWS)[number], months: number, start_month: number): Window {
  if (kind === "months") return { kind, months };
  if (kind === "lifetime") return { kind };
  return { kind: "calendar", period: kind, start_month };
}

export function DesignPanel({ ladder, onTake }: PanelProps): ReactElement {
  const { t } = useTexts();
  const [measure, setMeasure] = useState<Measure>("amount_with_tax");
  const [kind, setKind] = useState<(typeof WINDOWS)[number]>("months");
  const [months, setMonths] = useState(12);
  const [start, setStart] = useState(4);
  // The highest tier first, as the proposal has them.
  const [shares, setShares] = useState(() => firstShares(Math.min(MOST_SHARES, Math.max(1, ladder.tiers.length - 1))));
  const window = useMemo(() => windowOf(kind, months, start), [kind, months, start]);
  const ascends = shares.every((one, at) => one >= 1 && one <= 99 && (at === 0 || one > (shares[at - 1] ?? 0)));
  const wanted: CutsWanted = useMemo(() => ({ measure, window, shares }), [measure, window, shares]);
  const [settled] = useDebouncedValue(wanted, ASK_AFTER_MS);
  const fits = ascends && months >= 1 && months <= 120;
  const proposal = useProposal(settled, fits && settled.shares.length === shares.length);
  return (
    <div className={styles.panel}>
      <p className={styles.quiet}>{t("design.lead")}</p>
      <div className={styles.asked}>
        <NativeSelect
          label={t("design.measure")}
          value={measure}
          data={MEASURES.map((value) => ({ value, label: t(`ladder.measures.${value}`) }))}
          onChange={({ currentTarget }) => setMeasure(MEASURES.find((one) => one === currentTarget.value) ?? "amount_with_tax")}
        />
        <NativeSelect
          label={t("design.window")}
          value={kind}
          data={WINDOWS.map((value) => ({ value, label: t(`design.windows.${value}`) }))}
          onChange={({ currentTarget }) => setKind(WINDOWS.find((one) => one === currentTarget.value) ?? "months")}
        />
        {kind === "months" && (
          <NumberInput
            label={t("ladder.length")}
            suffix={t("ladder.units.months")}
            min={1}
            max={120}
            allowDecimal={false}
            value={months}
            onChange={(typed) => setMonths(typeof typed === "number" ? typed : 0)}
          />
        )}
        {(kind === "quarter" || kind === "half" || kind === "year") && <MonthSelect value={start} onChange={setStart} />}
      </div>
      <Shares ladder={ladder} shares={shares} onChange={setShares} ascends={ascends} />
      {proposal.isError && <Failed error={asProblem(proposal.error)} onRetry={() => void proposal.refetch()} />}
      {proposal.isPending && fits && <Skeleton height={320} />}
      {proposal.data !== undefined && !proposal.isError && (
        <>
          <Proposal found={proposal.data} measure={settled.measure as Measure} ladder={ladder} window={settled.window as Window} wanted={shares.length} />
          {proposal.data.cuts.length > 0 && (
            <div className={styles.take}>
              <Button
                disabled={!fits || proposal.isPlaceholderData || settled !== wanted}
                onClick={() => onTake(takeCuts(ladder, measure, window, proposal.data.cuts.map(({ value }) => value).reverse()))}
              >
                {t("design.take")}
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

interface SharesProps {
  ladder: Ladder;
  shares: number[];
  ascends: boolean;
  onChange: (shares: number[]) => void;
}

/** A share for each tier above the lowest, the highest first. */
function Shares({ ladder, shares, ascends, onChange }: SharesProps): ReactElement {
  const { t } = useTexts();
  const nameOf = useTierName(ladder, shares.length);
  return (
    <fieldset className={styles.shares}>
      <legend>{t("design.shares")}</legend>
      <div className={styles.shareRows}>
        {shares.map((share, index) => (
          <div key={index} className={styles.share}>
            <NumberInput
              label={t("design.shareOf", { tier: nameOf(index) })}
              suffix={t("design.percent")}
              min={1}
              max={99}
              allowDecimal={false}
              value={share}
              onChange={(typed) => onChange(shares.map((old, at) => (at === index ? (typeof typed === "number" ? typed : 0) : old)))}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              disabled={shares.length === 1}
              aria-label={t("design.removeShare", { tier: nameOf(index) })}
              onClick={() => onChange(shares.filter((_, at) => at !== index))}
            >
              <Icon name="close" size={16} />
            </ActionIcon>
          </div>
        ))}
      </div>
      {!ascends && (
        <Alert color="yellow" mt="sm">
          {t("design.ascend")}
        </Alert>
      )}
      <Button
        variant="default"
        size="xs"
        mt="sm"
        disabled={shares.length >= MOST_SHARES || (shares.at(-1) ?? 99) >= 99}
        onClick={() => onChange([...shares, Math.min(99, (shares.at(-1) ?? 0) + 20)])}
      >
        {t("design.addShare")}
      </Button>
    </fieldset>
  );
}

/** What a tier is called that stands so far from the top; those that the ladder does not have yet are counted. */
export function useTierName(ladder: Ladder, count: number): (fromTop: number) => string {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (fromTop) => {
    const level = count - fromTop;
    const tier = ladder.tiers[level];
    const name = tier === undefined ? "" : locale === "ja" ? tier.name_ja : tier.name_en;
    return name === "" ? t("design.tierAt", { n: level + 1 }) : name;
  };
}
