// Which screen is shown. The customer is named in the history's state, not in the address: the tablet's back button
// works, and no identifier is left in an address bar or a log.
import { useCallback, useEffect, useState } from "react";

export interface View {
  customerId: string | null;
  /** What found the customer, remembered for the time without a network. */
  query: string | null;
}

const SEARCH: View = { customerId: null, query: null };

function showsCustomer(state: unknown): boolean {
  return state !== null && typeof state === "object" && "customerId" in state && state.customerId !== null;
}

export function useView(): { view: View; open: (customerId: string, query: string) => void; reset: () => void } {
  const [view, setView] = useState<View>(SEARCH);
  useEffect(() => {
    // Going back leaves the customer, and going forward does not bring them back onto the screen.
    const leave = (): void => {
      history.replaceState(SEARCH, "");
      setView(SEARCH);
    };
    window.addEventListener("popstate", leave);
    history.replaceState(SEARCH, "");
    return () => window.removeEventListener("popstate", leave);
  }, []);
  const open = useCallback((customerId: string, query: string) => {
    const next = { customerId, query };
    // One customer at a time: the next one takes the place of the last in the history.
    if (showsCustomer(history.state)) history.replaceState(next, "");
    else history.pushState(next, "");
    setView(next);
    window.scrollTo(0, 0);
  }, []);
  const reset = useCallback(() => {
    history.replaceState(SEARCH, "");
    setView(SEARCH);
    window.scrollTo(0, 0);
  }, []);
  return { view, open, reset };
}
