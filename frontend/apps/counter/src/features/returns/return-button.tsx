// Goods of this visit come back: one button at the visit, for those who may.
import type { PurchaseItem } from "@enishi/api/types.ts";
import { formatDate, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { type ReactElement, useState } from "react";
import { createPortal } from "react-dom";
import { useSession } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { ReturnDialog } from "./return-dialog.tsx";
import styles from "./return-button.module.css";

interface ButtonProps {
  visit: PurchaseItem;
  customerId: string;
  online: boolean;
}

export function ReturnButton({ visit, customerId, online }: ButtonProps): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data: me } = useSession();
  const [open, setOpen] = useState(false);
  const { purchase, returned_yen: returned } = visit;
  if (me?.permissions.includes("returns.record") !== true) return null;
  const amount = formatYen(purchase.total_yen);
  return (
    <>
      {(returned < purchase.total_yen || returned === 0) && (
        <button
          type="button"
          className={styles.open}
          disabled={!online}
          aria-label={t("returns.openFor", { date: formatDate(purchase.occurred_at, locale), amount })}
          onClick={() => setOpen(true)}
        >
          {t("returns.open")}
        </button>
      )}
      {/* Outside the list of visits, whose rows would shape the dialog's rows too. */}
      {open &&
        createPortal(
          <ReturnDialog purchaseId={purchase.purchase_id} customerId={customerId} onClose={() => setOpen(false)} />,
          document.body,
        )}
    </>
  );
}
