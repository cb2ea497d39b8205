// Who is signed in, and the ways in and out.
import { asProblem, request } from "@enishi/api/client.ts";
import type { Demo, Me } from "@enishi/api/types.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { queryClient } from "./client.ts";

export type Permission =
  | "home.read"
  | "customers.read"
  | "customers.read_personal"
  | "customers.export"
  | "purchases.read"
  | "points.read"
  | "program.read"
  | "audit.read"
  | "counter.use";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await request<Me>("/api/session", { signal });
    } catch (error) {
      if (asProblem(error).unauthenticated) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** The operator; only pages inside the signed-in part call it. */
export function useMe(): Me {
  return useRouteContext({ from: "/signed-in", select: ({ me }) => me });
}

export function useMay(): (permission: Permission) => boolean {
  const me = useMe();
  return (permission) => me.permissions.includes(permission);
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

export async function logIn(login: string, password: string): Promise<Me> {
  const me = await request<Me>("/api/session", { method: "POST", body: { login, password } });
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, me);
  return me;
}

/** Ends the session here even when the server can not be told; the server ends it by itself after idling. */
export async function logOut(): Promise<void> {
  await request("/api/session", { method: "DELETE" }).catch(() => undefined);
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, null);
}
