import { request } from "@enishi/api/client.ts";
import type { CounterCustomer, Explanation } from "@enishi/api/types.ts";
import { useQuery } from "@tanstack/react-query";
import { noteAnswer, noteFailure } from "../../shell/connection.ts";
import { memory } from "../../shell/memory.ts";

/** Every request tells the connection watch how it went. */
async function watched<T>(path: string, signal: AbortSignal): Promise<T> {
  try {
    const answer = await request<T>(path, { signal });
    noteAnswer();
    return answer;
  } catch (error) {
    if (!signal.aborted) noteFailure(error);
    throw error;
  }
}

export function useCustomer(customerId: string, query: string | null, online: boolean) {
  return useQuery({
    queryKey: ["customer", customerId],
    queryFn: async ({ signal }) => {
      const path = `/api/counter/customers/${encodeURIComponent(customerId)}`;
      const data = await watched<CounterCustomer>(path, signal);
      memory.keep(data, query === "" ? null : query, Date.now());
      return data;
    },
    enabled: online,
  });
}

export function useExplanation(entryId: string) {
  return useQuery({
    queryKey: ["why", entryId],
    queryFn: ({ signal }) =>
      watched<Explanation>(`/api/counter/entries/${encodeURIComponent(entryId)}/explanation`, signal),
  });
}
