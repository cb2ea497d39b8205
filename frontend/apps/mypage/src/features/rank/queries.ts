import type { Rank } from "@enishi/api/types.ts";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../queries.ts";
import { useWords } from "../../shell/words.ts";

export function useMyRank() {
  const { locale } = useWords();
  return useQuery({ queryKey: ["rank", locale], queryFn: () => get<Rank | null>("/api/my/rank") });
}
