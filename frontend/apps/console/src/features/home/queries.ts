import { request } from "@enishi/api/client.ts";
import type { Home } from "@enishi/api/types.ts";
import { useQuery } from "@tanstack/react-query";

const REFRESH_MS = 5_000;

/** Home refreshes by itself while it is looked at; such a refresh does not keep an idle session alive. */
export function useHome() {
  return useQuery({
    queryKey: ["home"],
    queryFn: ({ signal, client }) =>
      request<Home>("/api/console/home", { signal, background: client.getQueryData(["home"]) !== undefined }),
    refetchInterval: REFRESH_MS,
    staleTime: 0,
  });
}
