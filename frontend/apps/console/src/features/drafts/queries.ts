import { request } from "@enishi/api/client.ts";
import type {
  BacktestResult,
  BacktestStatus,
  Draft,
  DraftCheck,
  DraftChoices,
  DraftDocument,
  Drafts,
  DraftToCreate,
} from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const PATH = "/api/console/drafts";
const LOOK_AGAIN_MS = 1_000;

export const DRAFT_STATES = ["in_review", "writing", "scheduled", "applied", "discarded"] as const;
export type DraftState = (typeof DRAFT_STATES)[number];
export type DraftDeed = "submit" | "withdraw" | "send_back" | "approve" | "discard";
export const PARTS = ["program", "ladder"] as const;
export type Part = (typeof PARTS)[number];

export function fileOf(draft: number): string {
  return `${PATH}/${draft}/document.yaml`;
}

export function useDrafts() {
  return useQuery({
    queryKey: ["drafts", "list"],
    queryFn: ({ signal }) => request<Drafts>(PATH, { signal }),
    staleTime: 0,
  });
}

export function useDraft(draft: number) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["drafts", "one", draft, locale],
    queryFn: ({ signal }) => request<Draft>(`${PATH}/${draft}`, { signal }),
    staleTime: 0,
  });
}

export function useDraftChoices() {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["drafts", "choices", locale],
    queryFn: ({ signal }) => request<DraftChoices>("/api/console/draft-choices", { signal }),
    staleTime: 0,
  });
}

/** What a document would change and what is wrong with it, while it is being written. */
export function useDraftCheck(document: DraftDocument, effective: string | null) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["drafts", "check", document, effective, locale],
    queryFn: ({ signal }) =>
      request<DraftCheck>("/api/console/draft-check", {
        method: "POST",
        body: { document, effective_at: effective },
        signal,
      }),
    retry: false,
    placeholderData: (before) => before,
  });
}

/** How far a back-test is; asked every second while it is under way. */
export function useBacktest(draft: number, status: BacktestStatus | undefined) {
  const client = useQueryClient();
  const open = status !== undefined && isUnderWay(status);
  return useQuery({
    queryKey: ["drafts", "backtest", draft, status?.backtest],
    queryFn: async ({ signal }) => {
      const now = await request<BacktestStatus>(`${PATH}/${draft}/backtests/${status?.backtest ?? 0}`, {
        signal,
        background: true,
      });
      if (!isUnderWay(now)) void client.invalidateQueries({ queryKey: ["drafts", "one", draft] });
      return now;
    },
    enabled: open,
    refetchInterval: ({ state }) => (state.data === undefined || isUnderWay(state.data) ? LOOK_AGAIN_MS : false),
    staleTime: 0,
  });
}

export function useBacktestResult(draft: number, backtest: number | undefined) {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["drafts", "result", draft, backtest, locale],
    queryFn: ({ signal }) => request<BacktestResult>(`${PATH}/${draft}/backtests/${backtest ?? 0}/result`, { signal }),
    enabled: backtest !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function isUnderWay({ state }: BacktestStatus): boolean {
  return state === "queued" || state === "running";
}

/** The newest back-test with a result. */
export function newestResult(draft: Draft): BacktestStatus | undefined {
  return draft.backtests.find(({ state }) => state === "done");
}

function useChange<T, Answer>(change: (value: T) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["drafts"] }),
        client.invalidateQueries({ queryKey: ["program"] }),
        client.invalidateQueries({ queryKey: ["ranks"] }),
        client.invalidateQueries({ queryKey: ["campaigns"] }),
      ]),
  });
}

export function useCreateDraft() {
  return useChange((body: DraftToCreate) => request<Draft>(PATH, { method: "POST", body }));
}

interface Edited {
  title: string;
  document: DraftDocument;
  take_campaigns: string[];
  effective_at: string | null;
  reason: string;
  expected: number;
}

export function useEditDraft(draft: number) {
  return useChange((body: Edited) => request<Draft>(`${PATH}/${draft}/revisions`, { method: "POST", body }));
}

export function useUpload(draft: number) {
  return useChange((body: { yaml: string; reason: string; expected: number }) =>
    request<Draft>(fileOf(draft), { method: "POST", body }),
  );
}

interface Done {
  deed: DraftDeed;
  reason: string;
  expected: number;
  accepted: string[];
}

export function useDo(draft: number) {
  return useChange(({ deed, ...body }: Done) => request<Draft>(`${PATH}/${draft}/deeds/${deed}`, { method: "POST", body }));
}

export function useRunBacktest(draft: number) {
  return useChange((since: string | null) =>
    request<BacktestStatus>(`${PATH}/${draft}/backtests`, { method: "POST", body: { since } }),
  );
}

export function useCancelBacktest(draft: number) {
  return useChange(() => request<BacktestStatus>(`${PATH}/${draft}/backtests/cancel`, { method: "POST" }));
}
