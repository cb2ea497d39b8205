/** The card as it is held out at a till: white, large, nothing else, and the screen stays on. */
import { formatPoints } from "@enishi/i18n/format.ts";
import { Barcode } from "@enishi/ui/barcode.tsx";
import { canBeDrawn } from "@enishi/ui/code128.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Suspense, useEffect, useId, type ReactElement } from "react";
import { useCard, type Card } from "../../queries.ts";
import { useModal } from "../../shell/sheet.tsx";
import { useWords } from "../../shell/words.ts";
import { CardActions } from "./card-actions.tsx";
import styles from "./held-out.module.css";
import { Qr } from "./member-card.tsx";
import { groupDigits } from "./number.ts";

const BARCODE_HEIGHT = 132;
const QR_SIDE = 240;

/** Keeps the screen from going dark while the card is shown; browsers that can not are left as they are. */
function useAwakeScreen(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const hold = async (): Promise<void> => {
      if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (over) await lock.release();
      } catch {
        // A phone low on battery refuses; the card is shown all the same.
      }
    };
    const onVisible = (): void => void hold();
    void hold();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", onVisible);
      void lock?.release();
    };
  }, []);
}

export function HeldOutCard({ onClose }: { onClose: () => void }): ReactElement {
  const { t } = useWords();
  const dialog = useModal(onClose);
  const titleId = useId();
  const { data: card } = useCard({ atTill: true });
  useAwakeScreen();
  return (
    <dialog ref={dialog} className={styles.screen} aria-labelledby={titleId}>
      <div className={styles.head}>
        <h2 id={titleId} className={styles.title}>
          {t("card.show")}
        </h2>
        <button type="button" className={styles.close} onClick={onClose} aria-label={t("close")}>
          <Icon name="close" size={24} />
        </button>
      </div>
      {card !== undefined && <Codes card={card} />}
    </dialog>
  );
}

function Codes({ card }: { card: Card }): ReactElement {
  const { t } = useWords();
  const number = card.card_number;
  return (
    <div className={styles.codes}>
      {number === null ? <p>{t("card.noNumber")}</p> : <NumberCodes number={number} />}
      <p className={styles.points} aria-live="polite">
        <span>{t("points.available")}</span>
        <strong className="enishi-figure">{formatPoints(card.balance.available)}</strong>
      </p>
      {number !== null && <CardActions number={number} />}
    </div>
  );
}

function NumberCodes({ number }: { number: string }): ReactElement {
  const { t } = useWords();
  const drawn = canBeDrawn(number);
  return (
    <>
      {drawn && (
        <Barcode
          value={number}
          label={t("card.barcodeOf", { number })}
          height={BARCODE_HEIGHT}
          className={styles.bars}
        />
      )}
      <p className={styles.number}>
        <span className="enishi-visually-hidden">{t("card.number")}</span>
        <span className="enishi-figure">{groupDigits(number)}</span>
      </p>
      {drawn && (
        <div className={styles.qr}>
          <Suspense fallback={null}>
            <Qr value={number} label={t("card.qrOf", { number })} side={QR_SIDE} />
          </Suspense>
        </div>
      )}
    </>
  );
}
