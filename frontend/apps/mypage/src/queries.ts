/** Everything my page asks of the server. What a member sees is never older than their last look at the page. */
import { asProblem, request, withQuery } from "@enishi/api/client.ts";
import type { Balance, Demo, Explanation, MyCards, NewCard, PurchaseDetail, Standing, Timeline } from "@enishi/api/types.ts";
import {
  QueryCache,
  QueryClient,
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useWords } from "./shell/words.ts";
import { leave } from "./shell/session.ts";

export interface Card {
  name: string;
  /** Null for a member without a card. */
  card_number: string | null;
  joined_at: string;
  balance: Balance;
  standing: Standing;
  invented: boolean;
}

interface CodeSent {
  expires_in_seconds: number;
  sent_to: string;
}

const HISTORY_PAGE = 20;
const RETRIES = 2;
const PATIENCE_MS = 15_000;
/** While the card is held out at a till, its points follow the purchase within this time. */
const AT_TILL_MS = 5_000;

/** Older browsers can not time a request out; theirs then waits as long as the network does. */
export function patience(): AbortSignal | undefined {
  return "timeout" in AbortSignal ? AbortSignal.timeout(PATIENCE_MS) : undefined;
}

export function get<T>(path: string): Promise<T> {
  return request<T>(path, { signal: patience() });
}

/** A refusal will not change by asking again; silence and a failing server may. */
function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asProblem(error);
  return failures < RETRIES && (status === 0 || status >= 500);
}

export function createClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (!asProblem(error).unauthenticated) return;
        leave(client, client.getQueryData(cardOptions.queryKey) === undefined ? null : "ended");
      },
    }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 10_000, gcTime: 30 * 60_000 } },
  });
  return client;
}

const cardOptions = queryOptions({ queryKey: ["card"], queryFn: () => get<Card>("/api/my/card") });

export function useCard({ enabled = true, atTill = false } = {}) {
  return useQuery({ ...cardOptions, enabled, refetchInterval: atTill ? AT_TILL_MS : false });
}

/** All cards, and the wallets they can be added to. */
export function useMyCards() {
  return useQuery({ queryKey: ["cards"], queryFn: () => get<MyCards>("/api/my/cards") });
}

/** The number of the card that was issued a moment ago on this page; null when none was. */
export function useNewNumber(): string | null {
  return useQuery({ queryKey: ["newNumber"], queryFn: () => null as string | null, staleTime: Number.POSITIVE_INFINITY })
    .data ?? null;
}

/** Ends a card and shows the one in its place at once, wherever the card is shown. */
export function useReplaceCard() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cardId: string) =>
      request<NewCard>("/api/my/cards:reissue", { method: "POST", body: { card_id: cardId }, signal: patience() }),
    onSuccess: ({ card }) => {
      client.setQueryData(["newNumber"], card.number);
      client.setQueryData(cardOptions.queryKey, (shown) => shown && { ...shown, card_number: card.number });
      void client.invalidateQueries({ queryKey: ["cards"] });
      void client.invalidateQueries({ queryKey: cardOptions.queryKey });
    },
  });
}

export function useHistory() {
  const { locale } = useWords();
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: ["history", locale],
      queryFn: ({ pageParam }) =>
        get<Timeline>(withQuery("/api/my/history", { cursor: pageParam, limit: HISTORY_PAGE })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next_cursor,
    }),
  );
}

export function useExplanation(entryId: string) {
  const { locale } = useWords();
  return useQuery({
    queryKey: ["explanation", entryId, locale],
    queryFn: () => get<Explanation>(`/api/my/entries/${encodeURIComponent(entryId)}/explanation`),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useReceipt(purchaseId: string) {
  const { locale } = useWords();
  return useQuery({
    queryKey: ["receipt", purchaseId, locale],
    queryFn: () => get<PurchaseDetail>(`/api/my/purchases/${encodeURIComponent(purchaseId)}`),
  });
}

/** Whether this is the demo, and its log-ins; outside the demo the address does not exist, which is an answer too. */
export function useDemo() {
  return useQuery({
    queryKey: ["demo"],
    queryFn: () => get<Demo>("/api/demo").catch(() => null),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function requestCode(value: string): Promise<CodeSent> {
  return request<CodeSent>("/api/my/codes", { method: "POST", body: { value }, signal: patience() });
}

export function signIn(value: string, code: string): Promise<{ ok: boolean }> {
  return request("/api/my/session", { method: "POST", body: { value, code }, signal: patience() });
}

export function signOut(): Promise<void> {
  return request("/api/my/session", { method: "DELETE", signal: patience() });
}
