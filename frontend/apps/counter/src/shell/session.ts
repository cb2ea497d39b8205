import { asProblem, request } from "@enishi/api/client.ts";
import type { Demo, Me } from "@enishi/api/types.ts";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { memory } from "./memory.ts";

export const SESSION_KEY = ["session"];

/** Who is signed in: undefined while asking, null when nobody is. */
export function useSession() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }): Promise<Me | null> => {
      try {
        return await request<Me>("/api/session", { signal });
      } catch (error) {
        if (asProblem(error).unauthenticated) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

export function useDemo(): Demo | null {
  const { data } = useQuery({
    queryKey: ["demo"],
    queryFn: async ({ signal }): Promise<Demo | null> => {
      try {
        return await request<Demo>("/api/demo", { signal });
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
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
  const me = await request<Me>("/api/session", { method: "POST", body: { login, password } });
  take(client, me);
  return me;
}

/** Ends the session and forgets every customer, even when the server can not be told right now. */
export async function logOut(client: QueryClient): Promise<void> {
  await request("/api/session", { method: "DELETE" }).catch(() => undefined);
  memory.forget();
  take(client, null);
}
