// Who is signed in as an operator, and the log-ins that a demo offers: the same for the console and the counter.
import { asProblem, request } from "./client.ts";
import type { Demo, Me } from "./types.ts";

/** The operator, or null when nobody is signed in. */
export async function readSession(signal: AbortSignal): Promise<Me | null> {
  try {
    return await request<Me>("/api/session", { signal });
  } catch (error) {
    if (asProblem(error).unauthenticated) return null;
    throw error;
  }
}

export async function openSession(login: string, password: string): Promise<Me> {
  return request<Me>("/api/session", { method: "POST", body: { login, password } });
}

/** Ends the session where the server can be told; elsewhere it ends by itself after idling. */
export async function closeSession(): Promise<void> {
  await request("/api/session", { method: "DELETE" }).catch(() => undefined);
}

/** The demo's log-ins, or null where this is no demo. */
export async function readDemo(signal: AbortSignal): Promise<Demo | null> {
  try {
    return await request<Demo>("/api/demo", { signal });
  } catch (error) {
    if (asProblem(error).status === 404) return null;
    throw error;
  }
}
