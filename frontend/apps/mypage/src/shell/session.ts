/**
 * Where the member stands: signed in or not, and where they wanted to go. The session itself is a cookie that no script
 * can read; the page learns that it is over when the server says so.
 */
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { readRoute, replace, type Route } from "./router.ts";

export type Farewell = "ended" | "signedOut" | null;

let farewell: Farewell = null;
let wanted: Route = { name: "home" };
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the log-in page should say about how the member came there. */
export function useFarewell(): Farewell {
  return useSyncExternalStore(subscribe, () => farewell);
}

/** Forgets everything of the member and shows the log-in; what they were looking at is kept for their return. */
export function leave(client: QueryClient, reason: Farewell): void {
  const here = readRoute(window.location.pathname);
  if (here.name === "login") return;
  wanted = reason === "signedOut" ? { name: "home" } : here;
  farewell = reason;
  client.clear();
  replace({ name: "login" });
  for (const listener of listeners) listener();
}

/** After a log-in: on to where the member wanted to go. */
export function enter(): void {
  farewell = null;
  replace(wanted);
  wanted = { name: "home" };
}
