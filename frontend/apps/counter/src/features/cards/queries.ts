import { request } from "@enishi/api/client.ts";
import type { CardList, CardShown, NewCard } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { noteAnswer, noteFailure } from "../../shell/connection.ts";

export type Reason = "lost" | "stolen" | "damaged";

function pathOf(customerId: string): string {
  return `/api/counter/customers/${encodeURIComponent(customerId)}/cards`;
}

async function watched<T>(path: string, options?: { method: "POST"; body: unknown }): Promise<T> {
  try {
    const answer = await request<T>(path, options);
    noteAnswer();
    return answer;
  } catch (error) {
    noteFailure(error);
    throw error;
  }
}

export function useCards(customerId: string, online: boolean) {
  return useQuery({
    queryKey: ["customer", customerId, "cards"],
    queryFn: () => watched<CardList>(pathOf(customerId)),
    enabled: online,
  });
}

interface Order {
  /** Null issues a first card; else the card in whose place the new one comes. */
  card: CardShown | null;
  reason: Reason;
  /** Names a first card's request, so that pressing again gives the same card. */
  requestKey: string;
}

export function useIssue(customerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ card, reason, requestKey }: Order) =>
      card === null
        ? watched<NewCard>(pathOf(customerId), { method: "POST", body: { request_key: requestKey } })
        : watched<NewCard>(`${pathOf(customerId)}:reissue`, {
            method: "POST",
            body: { card_id: card.card_id, reason },
          }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["customer", customerId] }),
  });
}
