// What all parts of the form of a ladder share: the problems at their fields, the choices, numbers with their unit, and
// the buttons that move a row, which keep the focus on it.
import type { RankChoices } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { ActionIcon, NumberInput } from "@mantine/core";
import { createContext, type ReactElement, useContext } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./ladder.module.css";
import type { LadderProblem } from "./ladder.ts";

interface Shared {
  problems: readonly LadderProblem[];
  choices: RankChoices;
  /** The names of the ladder's groups of stores. */
  groups: readonly string[];
}

export const NO_CHOICES: RankChoices = { stores: [], benefits: [] };
export const FormContext = createContext<Shared>({ problems: [], choices: NO_CHOICES, groups: [] });

export function useShared(): Shared {
  return useContext(FormContext);
}

/** A problem in the words of the page; in those of the server where it is of a kind that the page does not know. */
export function useProblemWords(): (problem: LadderProblem) => string {
  const { word } = useTexts();
  return ({ code, detail, remedy }) => {
    const known = code === undefined ? "" : word("ladder.problems", code);
    return known !== "" && known !== code ? known : `${detail} ${remedy}`.trim();
  };
}

/** What is wrong at a field; `deep` takes in what is wrong inside it, where nothing below shows it. */
export function useErrors(): (field: string, deep?: boolean) => string | undefined {
  const { problems } = useShared();
  const words = useProblemWords();
  return (field, deep = false) => {
    const found = problems.filter((one) => one.field === field || (deep && isInside(one.field, field)));
    return found.length === 0 ? undefined : [...new Set(found.map(words))].join(" ");
  };
}

export function isInside(field: string, outer: string): boolean {
  return field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`);
}

interface WholeProps {
  label: string;
  field: string;
  value: number;
  onChange: (value: number) => void;
  prefix?: string;
  suffix?: string;
  description?: string;
  least?: number;
  most: number;
  className?: string | undefined;
}

/** A whole number with its unit. Where nothing may be 0, empty is kept as 0 and said to be empty. */
export function Whole({ field, value, onChange, least = 1, most, ...others }: WholeProps): ReactElement {
  const error = useErrors()(field);
  return (
    <NumberInput
      {...others}
      min={0}
      max={most}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      hideControls
      inputMode="numeric"
      error={error}
      value={value === 0 && least > 0 ? "" : value}
      onChange={(typed) => onChange(typeof typed === "number" ? typed : 0)}
    />
  );
}

interface MoveProps {
  /** The list, as its field; with it the buttons find themselves again after the move. */
  list: string;
  index: number;
  count: number;
  name: string;
  /** Which way "up" goes in the document: tiers stand highest first, all else as it is kept. */
  up?: -1 | 1;
  onMove: (by: -1 | 1) => void;
  onRemove: (() => void) | null;
}

export function RowButtons({ list, index, count, name, up = -1, onMove, onRemove }: MoveProps): ReactElement {
  const { t } = useTexts();
  const button = (way: "up" | "down"): ReactElement => {
    const by = way === "up" ? up : ((-up) as -1 | 1);
    const to = index + by;
    return (
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        data-move={`${list}[${index}]${way}`}
        disabled={to < 0 || to >= count}
        aria-label={t(way === "up" ? "ladder.up" : "ladder.down", { name })}
        onClick={() => {
          onMove(by);
          requestAnimationFrame(() => focusOn(`${list}[${to}]`, way));
        }}
      >
        <Icon name={way === "up" ? "chevronUp" : "chevronDown"} size={16} />
      </ActionIcon>
    );
  };
  return (
    <span className={styles.rowButtons}>
      {count > 1 && button("up")}
      {count > 1 && button("down")}
      {onRemove !== null && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("ladder.remove", { name })} onClick={onRemove}>
          <Icon name="close" size={16} />
        </ActionIcon>
      )}
    </span>
  );
}

/** At the end of a list the button that was pressed can go no further, and the focus goes to its neighbour. */
function focusOn(row: string, way: "up" | "down"): void {
  const find = (name: string): HTMLButtonElement | null => document.querySelector(`[data-move="${CSS.escape(row + name)}"]`);
  const pressed = find(way);
  (pressed?.disabled === true ? find(way === "up" ? "down" : "up") : pressed)?.focus();
}
