import { request } from "@enishi/api/client.ts";
import type { BenefitGives, BenefitSettings, BenefitsPage, BenefitsPreview } from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

const PATH = "/api/console/benefits";

export function useBenefits() {
  return useQuery({ queryKey: ["benefits"], queryFn: ({ signal }) => request<BenefitsPage>(PATH, { signal }) });
}

export function useGives() {
  return useQuery({
    queryKey: ["benefits", "gives"],
    queryFn: ({ signal }) => request<BenefitGives>(`${PATH}/gives`, { signal }),
  });
}

/** Who would get what by settings that are being worked on. */
export function usePreview(settings: BenefitSettings) {
  return useQuery({
    queryKey: ["benefits", "preview", settings],
    queryFn: ({ signal }) => request<BenefitsPreview>(`${PATH}:preview`, { method: "POST", body: settings, signal }),
    placeholderData: (before) => before,
  });
}

function useChange<T>(change: (value: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ["benefits"] }) });
}

export function useSaveDraft() {
  return useChange((settings: BenefitSettings) => request(`${PATH}/draft`, { method: "PUT", body: settings }));
}

export function useDiscardDraft() {
  return useChange((_: null) => request(`${PATH}/draft`, { method: "DELETE" }));
}

export interface Publication {
  settings: BenefitSettings;
  effective_at: string | null;
  reason: string;
}

export function usePublish() {
  return useChange((body: Publication) => request(PATH, { method: "POST", body }));
}
