import { request, withQuery } from "@enishi/api/client.ts";
import type {
  CustomerRank,
  CutsWanted,
  LadderPreview,
  LadderTemplate,
  ProposedCuts,
  RankChoices,
  RankForesight,
  RankMembers,
  RanksPage,
} from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Ladder } from "./ladder.ts";

const PATH = "/api/console/ranks";

export function membersCsv(code: string): string {
  return `${PATH}/tiers/${encodeURIComponent(code)}/members.csv`;
}

export function useRanks() {
  const [locale] = useLocale();
  return useQuery({ queryKey: ["ranks", "page", locale], queryFn: ({ signal }) => request<RanksPage>(PATH, { signal }) });
}

/** What the form of a ladder chooses from. */
export function useRankChoices() {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["ranks", "choices", locale],
    queryFn: ({ signal }) => request<RankChoices>(`${PATH}/choices`, { signal }),
    staleTime: 5 * 60_000,
  });
}

export function useTemplates() {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["ranks", "templates", locale],
    queryFn: ({ signal }) => request<LadderTemplate[]>(`${PATH}/templates`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a ladder means and changes, and what is wrong with it; of one that is not filled in, nothing is asked. */
export function useLadderPreview(ladder: Ladder, enabled: boolean) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["ranks", "preview", locale, ladder],
    queryFn: ({ signal }) => request<LadderPreview>(`${PATH}:preview`, { method: "POST", body: ladder, signal }),
    enabled,
    retry: false,
    placeholderData: (before) => before,
  });
}

export function usePublishLadder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { ladder: Ladder; effective_at: string | null; reason: string }) =>
      request(PATH, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useForesee() {
  return useMutation({ mutationFn: () => request<RankForesight>(`${PATH}:foresee`, { method: "POST", body: {} }) });
}

export function useTierMembers(code: string, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ["ranks", "members", code],
    queryFn: ({ pageParam, signal }) =>
      request<RankMembers>(withQuery(`${PATH}/tiers/${encodeURIComponent(code)}/members`, { after: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_after,
    enabled,
  });
}

export function useProposal(wanted: CutsWanted, enabled: boolean) {
  return useQuery({
    queryKey: ["ranks", "proposal", wanted],
    queryFn: ({ signal }) => request<ProposedCuts>(`${PATH}:propose`, { method: "POST", body: wanted, signal }),
    enabled,
    retry: false,
    placeholderData: (before) => before,
  });
}

function customerPath(customerId: string): string {
  return `/api/console/customers/${encodeURIComponent(customerId)}/rank`;
}

export function useCustomerRank(customerId: string) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["customers", customerId, "rank", locale],
    queryFn: ({ signal }) => request<CustomerRank>(customerPath(customerId), { signal }),
  });
}

/** A rank moves points too, where it gives some. */
function useRankDeed<Body>(customerId: string, deed: "override" | "end-override") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => request<CustomerRank>(`${customerPath(customerId)}:${deed}`, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useGiveRank(customerId: string) {
  return useRankDeed<{ tier: string; exact: boolean; until: string | null; reason: string }>(customerId, "override");
}

export function useEndOverride(customerId: string) {
  return useRankDeed<{ reason: string }>(customerId, "end-override");
}
