import { request } from "@enishi/api/client.ts";
import type { PointsLimits } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const POINTS = "/api/console/points";

export function useLimits() {
  return useQuery({
    queryKey: ["limits"],
    queryFn: ({ signal }) => request<PointsLimits>(`${POINTS}/limits`, { signal }),
  });
}

/** Each change is answered with the whole page as it is now. */
function useChange<Body>(send: (body: Body) => Promise<PointsLimits>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (page) => {
      client.setQueryData(["limits"], page);
      void client.invalidateQueries({ queryKey: ["adjusting"] });
    },
  });
}

export interface LimitBody {
  points_each: number;
  points_a_day: number;
  alone_up_to: number;
}

function limitPath(role: string): string {
  return `${POINTS}/limits/${encodeURIComponent(role)}`;
}

export function useSetLimit(role: string) {
  return useChange((body: LimitBody) => request<PointsLimits>(limitPath(role), { method: "POST", body }));
}

export function useRemoveLimit(role: string) {
  return useChange((_nothing: undefined) => request<PointsLimits>(limitPath(role), { method: "DELETE" }));
}

export interface ReasonBody {
  code: string;
  name_ja: string;
  name_en: string;
  position: number;
  ended: boolean;
}

export function useSetReason() {
  return useChange(({ code, ...body }: ReasonBody) =>
    request<PointsLimits>(`${POINTS}/reasons/${encodeURIComponent(code)}`, { method: "POST", body }),
  );
}
