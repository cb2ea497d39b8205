// Whether the server can be reached. The browser's own word is only a hint: a request that got no answer is proof, and
// so is one that did.
import { asProblem, request } from "@enishi/api/client.ts";
import { useEffect, useSyncExternalStore } from "react";

const RETRY_MS = 4_000;

let online = true;
let doubt: number | undefined;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (online === next) return;
  online = next;
  for (const listener of listeners) listener();
}

/** Notes what a request's failure says about the connection; any answer, refusals included, means it is there. */
export function noteFailure(error: unknown): void {
  set(!asProblem(error).unreachable);
}

export function noteAnswer(): void {
  set(true);
  // An answer that was under way when the network went says nothing of the next one: while the browser doubts, ask again.
  if (navigator.onLine || doubt !== undefined) return;
  doubt = window.setTimeout(() => {
    doubt = undefined;
    void probe();
  }, RETRY_MS);
}

async function probe(): Promise<void> {
  try {
    await request("/api/session", { background: true });
    noteAnswer();
  } catch (error) {
    noteFailure(error);
  }
}

/** Whether the server answers; while it does not, asks again every few seconds. */
export function useOnline(): boolean {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => online,
  );
  useEffect(() => {
    const ask = (): void => void probe();
    window.addEventListener("online", ask);
    window.addEventListener("offline", ask);
    const timer = value ? null : window.setInterval(ask, RETRY_MS);
    return () => {
      window.removeEventListener("online", ask);
      window.removeEventListener("offline", ask);
      if (timer !== null) window.clearInterval(timer);
    };
  }, [value]);
  return value;
}
