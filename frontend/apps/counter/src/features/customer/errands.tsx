// What a customer may have come for besides paying: a receipt to be credited, goods to be taken back.
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, useState } from "react";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { ClaimDialog } from "../claims/claim-dialog.tsx";
import { FindReturn } from "../returns/find-dialog.tsx";
import styles from "./errands.module.css";

export function Errands({ customerId, online }: { customerId: string; online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const { data: me } = useSession();
  const [open, setOpen] = useState<"claim" | "return" | null>(null);
  const mayClaim = me?.permissions.includes("purchases.claim") === true;
  const mayReturn = me?.permissions.includes("returns.record") === true;
  if (!mayClaim && !mayReturn) return null;
  const close = (): void => setOpen(null);
  return (
    <>
      <div className={styles.errands}>
        {mayClaim && (
          <button type="button" disabled={!online} onClick={() => setOpen("claim")}>
            <Icon name="receipt" size={24} />
            {t("claims.open")}
          </button>
        )}
        {mayReturn && (
          <button type="button" disabled={!online} onClick={() => setOpen("return")}>
            <Icon name="undo" size={24} />
            {t("found.open")}
          </button>
        )}
      </div>
      {open === "claim" && <ClaimDialog customerId={customerId} onClose={close} />}
      {open === "return" && <FindReturn customerId={customerId} onClose={close} />}
    </>
  );
}

/** Goods that come back without anybody's card. */
export function ReturnAlone({ online }: { online: boolean }): ReactElement | null {
  const { t } = useTexts();
  const { data: me } = useSession();
  const [open, setOpen] = useState(false);
  if (me?.permissions.includes("returns.record") !== true) return null;
  return (
    <div className={`${styles.errands} ${styles.alone}`}>
      <button type="button" disabled={!online} onClick={() => setOpen(true)}>
        <Icon name="undo" size={24} />
        {t("found.openAlone")}
      </button>
      {open && <FindReturn customerId={null} onClose={() => setOpen(false)} />}
    </div>
  );
}
