/** Why a log-in step did not go through, in the member's words. */
import type { Problem } from "@enishi/api/client.ts";
import { useWords } from "../../shell/words.ts";

export function usePlainFailure(): (problem: Problem) => string {
  const { t } = useWords();
  return (problem) => {
    if (problem.status === 0) return t("problem.offline");
    if (problem.code === "code-wrong") return t("problem.codeWrong");
    if (problem.status === 429 || problem.status === 423) {
      const wait = problem.retryAfterSeconds;
      return wait === null
        ? t("problem.tooMany")
        : t("problem.tooManyWait", { minutes: Math.max(1, Math.ceil(wait / 60)) });
    }
    if (problem.status === 400 || problem.status === 422) return t("problem.valueInvalid");
    return t("problem.server");
  };
}
