import { request, withQuery } from "@enishi/api/client.ts";
import type { CustomerReferrals, ReferralList, ReferralSettings, ReferralShown, ReferralsPage } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const PATH = "/api/console/referrals";

export function useReferralProgramme() {
  return useQuery({ queryKey: ["referrals"], queryFn: ({ signal }) => request<ReferralsPage>(PATH, { signal }) });
}

export function useReferrals(state: "held" | null) {
  return useQuery({
    queryKey: ["referrals", "list", state],
    queryFn: ({ signal }) => request<ReferralList>(withQuery(`${PATH}/list`, { state }), { signal }),
  });
}

export function useDecide(referralId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { approve: boolean; note: string }) =>
      request<ReferralShown>(`${PATH}/${encodeURIComponent(referralId)}:decide`, { method: "POST", body }),
    onSettled: () => client.invalidateQueries({ queryKey: ["referrals"] }),
  });
}

export function usePublish() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { settings: ReferralSettings; effective_at: string | null; reason: string }) =>
      request(PATH, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["referrals"] }),
  });
}

export function useCustomerReferrals(customerId: string) {
  return useQuery({
    queryKey: ["referrals", "customer", customerId],
    queryFn: ({ signal }) =>
      request<CustomerReferrals>(`/api/console/customers/${encodeURIComponent(customerId)}/referrals`, { signal }),
  });
}
