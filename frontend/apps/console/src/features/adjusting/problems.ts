// What a refused movement of points means, in words for the person who asked for it.
import type { Problem } from "@enishi/api/client.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";

/** The number of points that a refusal tells of, such as a limit. */
function pointsIn(problem: Problem, name: string): string | null {
  const value = problem.extra[name];
  return typeof value === "number" ? formatPoints(value) : null;
}

export function usePointsProblem(): (problem: Problem) => string {
  const { t, word } = useTexts();
  const general = useProblemText();
  const beyondLimit = (problem: Problem): string => {
    const left = pointsIn(problem, "left");
    if (left !== null) return t("adjusting.problems.limitDay", { left });
    const limit = pointsIn(problem, "limit");
    if (limit !== null && problem.extra["limit"] !== 0) return t("adjusting.problems.limitEach", { limit });
    return t("adjusting.problems.limitNone");
  };
  const byField = (problem: Problem): string => {
    const field = problem.field ?? "";
    const text = word("adjusting.problems.fields", field);
    return text === field ? general(problem) : text;
  };
  return (problem) => {
    switch (problem.code) {
      case "adjustment-beyond-limit":
        return beyondLimit(problem);
      case "insufficient-points":
        return t("adjusting.problems.insufficient", { available: pointsIn(problem, "available") ?? formatPoints(0) });
      case "idempotency-conflict":
        return t("adjusting.problems.conflict");
      case "approval-by-another":
        return t("adjusting.problems.own");
      case "already-decided":
        return t("adjusting.problems.decided");
      case "account-frozen":
        return t("adjusting.problems.frozen");
      case "family-conflict":
        return t("adjusting.problems.family");
      case "permission-denied":
        return t(problem.field === "store" ? "adjusting.problems.store" : "adjusting.problems.forbidden");
      case "not-found":
        return t("adjusting.problems.notFound");
      case "transfer-refused":
        return transferText(problem, t);
      case "invalid-request":
        return byField(problem);
      default:
        return general(problem);
    }
  };
}

type Translate = ReturnType<typeof useTexts>["t"];

function transferText(problem: Problem, t: Translate): string {
  switch (problem.extra["reason"]) {
    case "each":
      return t("adjusting.problems.transfer.each", { limit: pointsIn(problem, "limit") });
    case "day":
      return t("adjusting.problems.transfer.day", { left: pointsIn(problem, "left") });
    case "family":
      return t("adjusting.problems.transfer.family");
    default:
      return t("adjusting.problems.transfer.gifts");
  }
}
