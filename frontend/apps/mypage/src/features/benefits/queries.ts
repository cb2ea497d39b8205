import { request } from "@enishi/api/client.ts";
import type { MyBenefits, MyReferral, OwnReferral } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

export function useMyBenefits() {
  return useQuery({ queryKey: ["my-benefits"], queryFn: () => request<MyBenefits>("/api/my/benefits") });
}

export function useMyReferral() {
  return useQuery({ queryKey: ["my-referral"], queryFn: () => request<MyReferral>("/api/my/referral") });
}

export function useClaim() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => request<OwnReferral>("/api/my/referral", { method: "POST", body: { code } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["my-referral"] }),
  });
}
