import { asProblem, request } from "@enishi/api/client.ts";
import type { CustomerBrief } from "@enishi/api/types.ts";
import { useMutation } from "@tanstack/react-query";
import { noteAnswer, noteFailure } from "../../shell/connection.ts";
import { memory } from "../../shell/memory.ts";

interface Found {
  customers: CustomerBrief[];
  query: string;
}

/** Looks a number up. One customer opens at once; without a network, a customer seen before under this number does. */
export function useLookup({ onFound }: { onFound: (customerId: string, query: string) => void }) {
  return useMutation({
    mutationFn: async (query: string): Promise<Found> => {
      try {
        const { customers } = await request<{ customers: CustomerBrief[] }>("/api/counter/lookup", {
          method: "POST",
          body: { query },
        });
        noteAnswer();
        return { customers, query };
      } catch (error) {
        noteFailure(error);
        const [known] = asProblem(error).unreachable ? memory.find(query) : [];
        if (known === undefined) throw error;
        onFound(known.data.customer.customer_id, query);
        return { customers: [], query };
      }
    },
    onSuccess: ({ customers, query }) => {
      const [only] = customers;
      // Whoever shows a card that was stopped may have found it: a person looks at that before anything is shown.
      if (customers.length === 1 && only?.ended_card === null) onFound(only.customer_id, query);
    },
    networkMode: "always",
  });
}

export type Lookup = ReturnType<typeof useLookup>;
