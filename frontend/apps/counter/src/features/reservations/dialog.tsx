// The dialog in which the counter books and looks through its day.
import { Icon } from "@enishi/ui/icons.tsx";
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";
import { createPortal } from "react-dom";
import { useTexts } from "../../shell/texts.ts";
import styles from "./reservations.module.css";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }): ReactElement {
  const { t } = useTexts();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  // Outside whatever opened it: lists and headers would shape it.
  return createPortal(
    <dialog ref={ref} className={styles.dialog} aria-labelledby={titleId} onClose={onClose}>
      <header>
        <h2 id={titleId}>{title}</h2>
        <button type="button" aria-label={t("booking.close")} onClick={() => ref.current?.close()}>
          <Icon name="close" size={24} />
        </button>
      </header>
      {children}
    </dialog>,
    document.body,
  );
}
