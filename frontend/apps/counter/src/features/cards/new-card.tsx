// The new card over the whole screen, to be scanned by the customer's phone or printed.
import { Barcode } from "@enishi/ui/barcode.tsx";
import { Icon } from "@enishi/ui/icons.tsx";
import { lazy, type ReactElement, Suspense, useEffect, useId, useRef } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./new-card.module.css";

const Qr = lazy(() => import("@enishi/ui/qr.tsx"));

const BARCODE_HEIGHT = 150;
const QR_SIDE = 300;

export function NewCardScreen({ number, onClose }: { number: string; onClose: () => void }): ReactElement {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles.screen} aria-labelledby={titleId} onClose={onClose}>
      <div className={styles.codes}>
        <h2 id={titleId}>{t("cards.newTitle")}</h2>
        <p className={styles.lead}>{t("cards.newLead")}</p>
        <Barcode
          value={number}
          label={t("cards.barcodeOf", { number })}
          height={BARCODE_HEIGHT}
          className={styles.bars}
        />
        <p className={`${styles.number} enishi-figure`}>{number.replace(/(\d{4})(?=\d{2})/g, "$1 ")}</p>
        <div className={styles.qr}>
          <Suspense fallback={null}>
            <Qr value={number} label={t("cards.qrOf", { number })} side={QR_SIDE} />
          </Suspense>
        </div>
      </div>
      <footer>
        <button type="button" onClick={() => window.print()}>
          <Icon name="receipt" size={22} />
          {t("cards.print")}
        </button>
        <button type="button" className={styles.done} onClick={() => dialog.current?.close()}>
          {t("cards.done")}
        </button>
      </footer>
    </dialog>
  );
}
