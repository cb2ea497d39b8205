/** Why a gift, a pooling or a claim was refused, in the member's words. */
import { asProblem } from "@enishi/api/client.ts";
import type { ReactElement } from "react";
import { useWords, type Word } from "../../shell/words.ts";
import styles from "./giving.module.css";

const REASONS: Readonly<Record<string, Word>> = {
  each: "giving.problem.each",
  day: "giving.problem.day",
  gifts: "giving.problem.gifts",
  family: "giving.problem.family",
  claimed: "claims.claimed",
  late: "claims.late",
  returned: "claims.returned",
};

const CODES: Readonly<Record<string, Word>> = {
  "insufficient-points": "giving.problem.short",
  "account-frozen": "giving.problem.frozen",
  "unknown-receipt": "claims.unknown",
  "not-found": "giving.problem.nobody",
};

export function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useWords();
  const { code, field, extra, status, unreachable, retryAfterSeconds } = asProblem(error);
  const reason = extra["reason"];
  const minutes = Math.ceil((retryAfterSeconds ?? 60) / 60);
  const word: Word = unreachable
    ? "giving.problem.offline"
    : code === "too-many-tries"
      ? "giving.problem.many"
      : ((typeof reason === "string" ? REASONS[reason] : undefined) ??
        CODES[code] ??
        (status === 422 ? (field === "to" ? "giving.problem.own" : "giving.problem.invalid") : "giving.problem.again"));
  return (
    <p className={styles.problem} role="alert">
      {t(word, { minutes })}
    </p>
  );
}
