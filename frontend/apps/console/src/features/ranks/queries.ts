import { request } from "@enishi/api/client.ts";
import type { RankChoices } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { useQuery } from "@tanstack/react-query";

const PATH = "/api/console/ranks";

/** What the form of a ladder chooses from. */
export function useRankChoices() {
  const [locale] = useLocale();
  return useQuery({
    queryKey: ["ranks", "choices", locale],
    queryFn: ({ signal }) => request<RankChoices>(`${PATH}/choices`, { signal }),
    staleTime: 5 * 60_000,
  });
}
