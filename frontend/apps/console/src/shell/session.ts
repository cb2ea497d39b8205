// Who is signed in, and the ways in and out.
import { closeSession, openSession, readDemo, readSession } from "@enishi/api/session.ts";
import type { Demo, Me } from "@enishi/api/types.ts";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { queryClient } from "./client.ts";
import { searchMemory } from "./search-memory.ts";

export type Permission =
  | "home.read"
  | "customers.read"
  | "customers.read_personal"
  | "customers.merge"
  | "customers.export"
  | "purchases.read"
  | "points.read"
  | "program.read"
  | "audit.read"
  | "accounting.read"
  | "accounting.close"
  | "points.adjust"
  | "points.approve"
  | "points.limits"
  | "points.freeze"
  | "points.transfer"
  | "reservations.read"
  | "reservations.write"
  | "reservations.settings"
  | "counter.use"
  | "benefits.read"
  | "benefits.publish"
  | "referrals.read"
  | "referrals.publish"
  | "referrals.review"
  | "ranks.read"
  | "ranks.publish"
  | "ranks.override"
  | "campaigns.read"
  | "campaigns.write"
  | "campaigns.review"
  | "drafts.write"
  | "drafts.review";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => readSession(signal),
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

/** Whether a page can be opened: what is of the whole company is for nobody whose roles are for some stores only. */
export function useMayOpen(): (page: { permission: Permission; everywhere?: true }) => boolean {
  const me = useMe();
  return ({ permission, everywhere }) =>
    me.permissions.includes(permission) && (everywhere !== true || me.roles.some(({ stores }) => stores === null));
}

export function useDemo(): Demo | null {
  const { data } = useQuery({
    queryKey: ["demo"],
    queryFn: ({ signal }) => readDemo(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}

export async function logIn(login: string, password: string): Promise<Me> {
  const me = await openSession(login, password);
  takeOver(me);
  return me;
}

export async function logOut(): Promise<void> {
  await closeSession();
  takeOver(null);
}

/** Forgets everything another operator saw or looked for. */
function takeOver(me: Me | null): void {
  queryClient.clear();
  queryClient.setQueryData(sessionQuery.queryKey, me);
  searchMemory.write("");
}
