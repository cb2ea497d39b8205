import { request } from "@enishi/api/client.ts";
import type {
  Adjusting,
  AdjustmentDone,
  AdjustmentEffect,
  CustomerPoints,
  CustomerSearch,
  Family,
  FreezeDone,
  ReinstatementDone,
  TransferEffect,
  TransferTerms,
} from "@enishi/api/types.ts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

function pathOf(customerId: string): string {
  return `/api/console/customers/${encodeURIComponent(customerId)}`;
}

function post<T>(path: string, body: unknown): Promise<T> {
  return request<T>(path, { method: "POST", body });
}

/** Everything of a customer that points show in: the page, the journal, the badge of approvals. */
export function useRefreshPoints(): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["customers"] });
    void client.invalidateQueries({ queryKey: ["approvals"] });
    void client.invalidateQueries({ queryKey: ["adjusting"] });
  };
}

export function useCustomerPoints(customerId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["customers", customerId, "points"],
    queryFn: ({ signal }) => request<CustomerPoints>(`${pathOf(customerId)}/points`, { signal }),
    enabled,
  });
}

/** Reasons, stores and what is left of the day, as they are when the form opens. */
export function useAdjusting() {
  return useQuery({
    queryKey: ["adjusting"],
    queryFn: ({ signal }) => request<Adjusting>("/api/console/points/adjusting", { signal }),
    staleTime: 0,
  });
}

export interface AdjustmentBody {
  points: number;
  reason: string;
  note: string;
  store: string;
  kind: "regular" | "limited";
  expires_on: string | null;
  allow_owing: boolean;
}

export function useQuoteAdjustment(customerId: string) {
  return useMutation({
    mutationFn: (body: AdjustmentBody) => post<AdjustmentEffect>(`${pathOf(customerId)}/adjustments:quote`, body),
  });
}

export function useAdjust(customerId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (body: AdjustmentBody & { request_id: string }) =>
      post<AdjustmentDone>(`${pathOf(customerId)}/adjustments`, body),
    onSettled: refresh,
  });
}

export function useFreeze(customerId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (body: { frozen: boolean; reason: string }) => post<FreezeDone>(`${pathOf(customerId)}/freeze`, body),
    onSettled: refresh,
  });
}

export interface ReinstatementBody {
  points: number | null;
  reason: string;
  note: string;
  store: string;
  expires_on: string | null;
}

function reinstatementPath(entryId: string): string {
  return `/api/console/entries/${encodeURIComponent(entryId)}/reinstatement`;
}

export function useQuoteReinstatement(entryId: string) {
  return useMutation({
    mutationFn: (body: ReinstatementBody) => post<ReinstatementDone>(`${reinstatementPath(entryId)}:quote`, body),
  });
}

export function useReinstate(entryId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (body: ReinstatementBody) => post<ReinstatementDone>(reinstatementPath(entryId), body),
    onSettled: refresh,
  });
}

export function useTransferTerms(customerId: string) {
  return useQuery({
    queryKey: ["customers", customerId, "transfers"],
    queryFn: ({ signal }) => request<TransferTerms>(`${pathOf(customerId)}/transfers`, { signal }),
    staleTime: 0,
  });
}

export interface TransferBody {
  recipient_id: string;
  points: number;
  way: "gift" | "pool";
  store: string;
}

export function useQuoteTransfer(customerId: string) {
  return useMutation({
    mutationFn: (body: TransferBody) => post<TransferEffect>(`${pathOf(customerId)}/transfers:quote`, body),
  });
}

export function useTransfer(customerId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (body: TransferBody & { request_id: string }) =>
      post<TransferEffect>(`${pathOf(customerId)}/transfers`, body),
    onSettled: refresh,
  });
}

export function useSetFamily(customerId: string) {
  const refresh = useRefreshPoints();
  return useMutation({
    mutationFn: (members: string[]) => post<Family>(`${pathOf(customerId)}/family`, { members }),
    onSettled: refresh,
  });
}

/** What was searched for travels in the body and stays in memory, as in the list of customers. */
export function useFindCustomers() {
  return useMutation({
    mutationFn: (query: string) => post<CustomerSearch>("/api/console/customers:search", { query }),
  });
}
