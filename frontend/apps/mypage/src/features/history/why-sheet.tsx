/** Why these points: the sentence, the arithmetic, the rule in force and the purchase they came from. */
import type { Explanation } from "@enishi/api/types.ts";
import { Why } from "@enishi/ui/why.tsx";
import type { ReactElement } from "react";
import { useExplanation } from "../../queries.ts";
import { Awaited } from "../../shell/awaited.tsx";
import { open } from "../../shell/router.ts";

/** Who changed the rules and why is the shop's own affair; which rule was in force is the member's. */
function forMembers(explanation: Explanation): Explanation {
  const { version } = explanation;
  return version === null ? explanation : { ...explanation, version: { ...version, author: "", reason: "" } };
}

export function WhySheet({ entryId }: { entryId: string }): ReactElement {
  return (
    <Awaited query={useExplanation(entryId)} failed="problem.why">
      {(explanation) => (
        <Why explanation={forMembers(explanation)} onOpenPurchase={(id) => open({ name: "receipt", id })} />
      )}
    </Awaited>
  );
}
