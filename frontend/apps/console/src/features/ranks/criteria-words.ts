// A criterion in one line, as the form and the picture of a ladder show it while the server is not asked.
import { formatCount, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useTexts } from "../../shell/texts.ts";
import { type AtLeast, type Criterion, isBracket, type Measure, type Window } from "./ladder.ts";

export function isMoney(measure: Measure): boolean {
  return measure === "amount_with_tax" || measure === "amount_without_tax";
}

export interface CriterionWords {
  window: (window: Window) => string;
  amount: (measure: Measure, value: number) => string;
  criterion: (one: Criterion, nested?: boolean) => string;
}

export function useCriterionWords(): CriterionWords {
  const { t } = useTexts();
  const window = (one: Window): string => {
    switch (one.kind) {
      case "months":
        return one.months === 1 ? t("ladder.said.month") : t("ladder.said.months", { n: one.months });
      case "days":
        return t("ladder.said.days", { n: one.days });
      case "calendar":
        return one.start_month === 1 || one.period === "month"
          ? t(`ladder.said.${one.period}`)
          : t("ladder.said.from", { period: t(`ladder.said.${one.period}`), month: one.start_month });
      default:
        return t(`ladder.said.${one.kind}`);
    }
  };
  const amount = (measure: Measure, value: number): string => {
    if (isMoney(measure)) return formatYen(value);
    if (measure === "points_earned") return formatPoints(value);
    return t(`ladder.said.${measure === "visits" ? "visits" : "purchases"}`, { n: formatCount(value) });
  };
  const where = ({ channels, stores, categories }: AtLeast): string => {
    const parts = [...channels.map((one) => t(`common:channel.${one}`)), ...(stores === "" ? [] : [stores]), ...categories];
    return parts.length === 0 ? "" : t("ladder.said.where", { where: parts.join(t("ladder.said.dot")) });
  };
  const criterion = (one: Criterion, nested = false): string => {
    if (isBracket(one)) {
      const said = one.of.map((part) => criterion(part, true)).join(t(one.kind === "all" ? "ladder.said.and" : "ladder.said.or"));
      return nested && one.of.length > 1 ? t("ladder.said.nested", { said }) : said;
    }
    if (one.kind === "holds") return t(`ladder.facts.${one.fact}`);
    if (one.kind === "joined_for") return t("ladder.said.joined", { n: formatCount(one.days) });
    return t("ladder.said.atLeast", {
      window: window(one.window),
      where: where(one),
      measure: t(`ladder.measures.${one.measure}`),
      amount: one.value === 0 ? t("ladder.said.unset") : amount(one.measure, one.value),
    });
  };
  return { window, amount, criterion };
}
