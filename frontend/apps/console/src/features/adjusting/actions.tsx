// What head office can do with a customer's points, each for who may.
import type { Customer, CustomerPoints } from "@enishi/api/types.ts";
import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { AdjustModal } from "./adjust.tsx";
import { FreezeModal } from "./freeze.tsx";
import { MergeModal } from "../merging/merge.tsx";
import { TransferModal } from "./transfer.tsx";

type Open = "adjust" | "transfer" | "freeze" | "merge" | null;

interface PointsActionsProps {
  customer: Customer;
  points: CustomerPoints | undefined;
}

export function PointsActions({ customer, points }: PointsActionsProps): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const frozen = points !== undefined && points.frozen !== null;
  return (
    <>
      {may("points.freeze") && points !== undefined && (
        <Button
          variant="default"
          size="sm"
          {...(frozen ? {} : { c: "var(--enishi-danger)" })}
          onClick={() => setOpen("freeze")}
        >
          {t(frozen ? "adjusting.freeze.free" : "adjusting.freeze.action")}
        </Button>
      )}
      {may("customers.merge") && (
        <Button variant="default" size="sm" onClick={() => setOpen("merge")}>
          {t("merging.action")}
        </Button>
      )}
      {may("points.transfer") && (
        <Button variant="default" size="sm" onClick={() => setOpen("transfer")}>
          {t("adjusting.transfer.action")}
        </Button>
      )}
      {may("points.adjust") && (
        <Button size="sm" onClick={() => setOpen("adjust")}>
          {t("adjusting.adjust.action")}
        </Button>
      )}
      {open === "adjust" && <AdjustModal customer={customer} onClose={close} />}
      {open === "transfer" && <TransferModal customer={customer} onClose={close} />}
      {open === "merge" && <MergeModal customer={customer} onClose={close} />}
      {open === "freeze" && <FreezeModal customerId={customer.customer_id} frozen={frozen} onClose={close} />}
    </>
  );
}
