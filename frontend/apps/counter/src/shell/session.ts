import { closeSession, openSession, readDemo, readSession } from "@enishi/api/session.ts";
import type { Demo, Me } from "@enishi/api/types.ts";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { memory } from "./memory.ts";

export const SESSION_KEY = ["session"];

/** Who is signed in: undefined while asking, null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => readSession(signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

export function useDemo(): Demo | null {
  const { data } = useQuery({
    queryKey: ["demo"],
    queryFn: ({ signal }) => readDemo(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}

/** Drops what another operator saw. The session itself is replaced, not dropped: the page watches it. */
function take(client: QueryClient, me: Me | null): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] === "customer" || queryKey[0] === "why" });
  client.setQueryData(SESSION_KEY, me);
}

export async function logIn(client: QueryClient, login: string, password: string): Promise<Me> {
  const me = await openSession(login, password);
  take(client, me);
  return me;
}

/** Ends the session and forgets every customer, even when the server can not be told right now. */
export async function logOut(client: QueryClient): Promise<void> {
  await closeSession();
  memory.forget();
  take(client, null);
}
