import { request, withQuery } from "@enishi/api/client.ts";
import type {
  Campaign,
  CampaignCalendar,
  CampaignCheck,
  CampaignChoices,
  CampaignQuote,
  CampaignQuoteBody,
  CampaignRules,
  Campaigns,
} from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const PATH = "/api/console/campaigns";

export const CAMPAIGN_STATES = ["live", "scheduled", "in_review", "draft", "paused", "ended"] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];
export const DEEDS = ["submit", "withdraw", "approve", "reject", "pause", "resume", "end"] as const;
export type CampaignDeed = (typeof DEEDS)[number];

export interface CampaignsSearch {
  state?: CampaignState | undefined;
  find?: string | undefined;
}

function pathOf(code: string): string {
  return `${PATH}/${encodeURIComponent(code)}`;
}

export function useCampaigns() {
  return useQuery({
    queryKey: ["campaigns", "list"],
    queryFn: ({ signal }) => request<Campaigns>(PATH, { signal }),
    staleTime: 0,
  });
}

export function useCampaign(code: string | undefined) {
  return useQuery({
    queryKey: ["campaigns", "one", code],
    queryFn: ({ signal }) => request<Campaign>(pathOf(code ?? ""), { signal }),
    enabled: code !== undefined,
    staleTime: 0,
  });
}

export function useChoices() {
  return useQuery({
    queryKey: ["campaigns", "choices"],
    queryFn: ({ signal }) => request<CampaignChoices>("/api/console/campaign-choices", { signal }),
  });
}

export function useCalendar(since: string, until: string, sample: number) {
  return useQuery({
    queryKey: ["campaigns", "calendar", since, until, sample],
    queryFn: ({ signal }) =>
      request<CampaignCalendar>(withQuery("/api/console/campaign-calendar", { since, until, sample_yen: sample }), {
        signal,
      }),
    placeholderData: (before) => before,
  });
}

/** What is wrong with rules that are being written, what the law says, and what they mean. */
export function useCheck(code: string, rules: CampaignRules, enabled: boolean) {
  return useQuery({
    queryKey: ["campaigns", "check", code, rules],
    queryFn: ({ signal }) =>
      request<CampaignCheck>("/api/console/campaign-check", { method: "POST", body: { code, rules }, signal }),
    enabled,
    retry: false,
    placeholderData: (before) => before,
  });
}

function useChange<T, Answer>(change: (value: T) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

interface DeedBody {
  deed: CampaignDeed;
  reason: string;
  expected: number;
}

export function useDeed(code: string) {
  return useChange(({ deed, ...body }: DeedBody) => request<Campaign>(`${pathOf(code)}/${deed}`, { method: "POST", body }));
}

interface DraftBody {
  code: string;
  rules: CampaignRules;
  reason: string;
  /** The newest change that the page was made from; null begins a campaign. */
  expected: number | null;
}

export function useSaveDraft() {
  return useChange(({ code, rules, reason, expected }: DraftBody) =>
    expected === null
      ? request<Campaign>(PATH, { method: "POST", body: { code, rules, reason } })
      : request<Campaign>(`${pathOf(code)}/draft`, { method: "POST", body: { rules, reason, expected } }),
  );
}

export function useTry() {
  return useMutation({
    mutationFn: (body: CampaignQuoteBody) =>
      request<CampaignQuote>("/api/console/campaign-quote", { method: "POST", body }),
  });
}
