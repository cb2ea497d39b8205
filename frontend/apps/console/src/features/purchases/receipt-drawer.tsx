// A receipt beside any page of the console: the purchase named in the address.
import { request } from "@enishi/api/client.ts";
import type { PurchaseDetail } from "@enishi/api/types.ts";
import { Drawer, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Failed } from "../../shell/states.tsx";
import { Receipt } from "./receipt.tsx";

export function ReceiptDrawer(): ReactElement {
  const { t } = useTexts();
  const { receipt } = useSearch({ from: "/signed-in" });
  const navigate = useNavigate();
  const close = (): void => {
    void navigate({ to: ".", search: (now) => ({ ...now, receipt: undefined, why: undefined }), resetScroll: false });
  };
  return (
    <Drawer
      opened={receipt !== undefined}
      onClose={close}
      position="right"
      size={620}
      title={t("receipt.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
      padding="lg"
    >
      {receipt !== undefined && <Panel purchaseId={receipt} />}
    </Drawer>
  );
}

function Panel({ purchaseId }: { purchaseId: string }): ReactElement {
  const navigate = useNavigate();
  const { data, error, isError, refetch } = useQuery({
    queryKey: ["purchases", purchaseId],
    queryFn: ({ signal }) =>
      request<PurchaseDetail>(`/api/console/purchases/${encodeURIComponent(purchaseId)}`, { signal }),
  });
  if (data === undefined && isError) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div aria-hidden="true">
        <Skeleton height={48} width="40%" mt="lg" />
        <Skeleton height={60} mt="md" />
        <Skeleton height={240} mt="lg" />
      </div>
    );
  }
  const why = (entryId: string): void => {
    void navigate({ to: ".", search: (now) => ({ ...now, why: entryId }), resetScroll: false });
  };
  return <Receipt purchase={data} onWhy={why} />;
}
