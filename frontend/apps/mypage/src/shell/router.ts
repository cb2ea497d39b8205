/**
 * The addresses of my page. A sheet (receipt, "why?", card, …) has an address of its own, so that the phone's back
 * button closes it and a link to it can be opened afresh; beneath every sheet lies the same home.
 */
import { useSyncExternalStore } from "react";

export type Route =
  | { readonly name: "home" }
  | { readonly name: "login" }
  | { readonly name: "card" }
  | { readonly name: "replace" }
  | { readonly name: "expiry" }
  | { readonly name: "waiting" }
  | { readonly name: "gift" }
  | { readonly name: "family" }
  | { readonly name: "claim" }
  | { readonly name: "menu" }
  | { readonly name: "benefits" }
  | { readonly name: "rank" }
  | { readonly name: "referral"; readonly code: string }
  | { readonly name: "book" }
  | { readonly name: "bookings" }
  | { readonly name: "booking"; readonly id: string }
  | { readonly name: "receipt"; readonly id: string }
  | { readonly name: "why"; readonly id: string };

export const BASE = "/my/";

const FIXED: Readonly<Record<string, Route>> = {
  "": { name: "home" },
  login: { name: "login" },
  card: { name: "card" },
  replace: { name: "replace" },
  expiry: { name: "expiry" },
  waiting: { name: "waiting" },
  gift: { name: "gift" },
  family: { name: "family" },
  claim: { name: "claim" },
  menu: { name: "menu" },
  benefits: { name: "benefits" },
  rank: { name: "rank" },
  referral: { name: "referral", code: "" },
  book: { name: "book" },
  bookings: { name: "bookings" },
};

/** The route of an address; an unknown one leads home, where the member finds everything. */
export function readRoute(path: string): Route {
  const [first = "", second = ""] = path.slice(BASE.length).split("/").map(decodePart);
  if (first === "receipts" && second !== "") return { name: "receipt", id: second };
  if (first === "points" && second !== "") return { name: "why", id: second };
  if (first === "bookings" && second !== "") return { name: "booking", id: second };
  if (first === "join" && second !== "") return { name: "referral", code: second };
  return FIXED[first] ?? { name: "home" };
}

/** The address of a route. */
export function writeRoute(route: Route): string {
  switch (route.name) {
    case "home":
      return BASE;
    case "receipt":
      return `${BASE}receipts/${encodeURIComponent(route.id)}`;
    case "booking":
      return `${BASE}bookings/${encodeURIComponent(route.id)}`;
    case "referral":
      return route.code === "" ? `${BASE}referral` : `${BASE}join/${encodeURIComponent(route.code)}`;
    case "why":
      return `${BASE}points/${encodeURIComponent(route.id)}`;
    default:
      return `${BASE}${route.name}`;
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const listeners = new Set<() => void>();

function announce(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** How many steps of this visit lie behind the present address, kept in the history entry so that a reload knows it. */
function depth(): number {
  const state: unknown = window.history.state;
  return typeof state === "object" && state !== null && "depth" in state ? Number(state.depth) : 0;
}

export function open(route: Route): void {
  window.history.pushState({ depth: depth() + 1 }, "", writeRoute(route));
  announce();
}

export function replace(route: Route): void {
  window.history.replaceState({ depth: depth() }, "", writeRoute(route));
  announce();
}

/** Leaves a sheet: one step back when this visit opened it, else (a link opened from outside) to the home beneath. */
export function close(): void {
  if (depth() > 0) window.history.back();
  else replace({ name: "home" });
}

export function useRoute(): Route {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname);
  return readRoute(path);
}
