// Who takes the next scan. Usually it looks a customer up; a dialog that asks for a receipt takes it instead.
import { useEffect, useRef } from "react";

type Take = (code: string) => void;

const targets: Take[] = [];

/** What is scanned while this component is shown goes to `take`. */
export function useScanTarget(take: Take): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const target: Take = (code) => latest.current(code);
    targets.push(target);
    return () => {
      targets.splice(targets.indexOf(target), 1);
    };
  }, []);
}

/** The one shown last, if any. */
export function scanTarget(): Take | undefined {
  return targets.at(-1);
}
