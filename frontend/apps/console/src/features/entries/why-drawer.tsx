// "Why?" beside any page of the console: the entry named in the address.
import { request } from "@enishi/api/client.ts";
import type { Explanation } from "@enishi/api/types.ts";
import { Why } from "@enishi/ui/why.tsx";
import { Drawer, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Failed } from "../../shell/states.tsx";

export function WhyDrawer(): ReactElement {
  const { t } = useTexts();
  const { why } = useSearch({ from: "/signed-in" });
  const navigate = useNavigate();
  const close = (): void => {
    void navigate({ to: ".", search: (now) => ({ ...now, why: undefined }), resetScroll: false });
  };
  return (
    <Drawer
      opened={why !== undefined}
      onClose={close}
      position="right"
      size={460}
      title={t("common:why.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
      padding="lg"
    >
      {why !== undefined && <Panel entryId={why} />}
    </Drawer>
  );
}

function Panel({ entryId }: { entryId: string }): ReactElement {
  const navigate = useNavigate();
  const { data, error, isError, refetch } = useQuery({
    queryKey: ["entries", entryId, "explanation"],
    queryFn: ({ signal }) =>
      request<Explanation>(`/api/console/entries/${encodeURIComponent(entryId)}/explanation`, { signal }),
  });
  if (data === undefined && isError) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div aria-hidden="true">
        <Skeleton height={44} width="45%" mt="lg" />
        <Skeleton height={52} mt="md" />
        <Skeleton height={180} mt="lg" />
        <Skeleton height={96} mt="lg" />
      </div>
    );
  }
  const openReceipt = (receipt: string): void => {
    void navigate({ to: ".", search: (now) => ({ ...now, receipt, why: undefined }), resetScroll: false });
  };
  return (
    <div style={{ paddingTop: "var(--enishi-space-4)" }}>
      <Why explanation={data} onOpenPurchase={openReceipt} />
    </div>
  );
}
