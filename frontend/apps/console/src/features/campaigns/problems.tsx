// Why a change of a campaign was refused, in words for whoever asked for it.
import { asProblem } from "@enishi/api/client.ts";
import { Alert } from "@mantine/core";
import type { ReactElement } from "react";
import { useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";

export function Refused({ error }: { error: unknown }): ReactElement | null {
  const { t, word } = useTexts();
  const general = useProblemText();
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  const known = word("campaigns.refusals", problem.code);
  const certain = problem.status > 0 && problem.status < 500;
  return (
    <Alert color="red" role="alert">
      {known === problem.code ? general(problem) : known} {certain && t("campaigns.unchanged")}
    </Alert>
  );
}
