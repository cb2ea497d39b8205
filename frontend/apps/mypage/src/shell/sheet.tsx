/** A bottom sheet on the phone, a side panel where there is room: the one way my page shows detail over its home. */
import { Icon } from "@enishi/ui/icons.tsx";
import { useEffect, useId, useLayoutEffect, useRef, type MouseEvent, type ReactElement, type ReactNode } from "react";
import styles from "./sheet.module.css";
import { useWords } from "./words.ts";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Opens a modal dialog for as long as the component lives; focus goes back to where it was when it closes. */
export function useModal(onClose: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  useEffect(() => {
    const dialog = ref.current;
    // The address decides whether the dialog is there, so Escape asks for the way back instead of closing it behind it.
    const onCancel = (event: Event): void => {
      event.preventDefault();
      onClose();
    };
    dialog?.addEventListener("cancel", onCancel);
    return () => dialog?.removeEventListener("cancel", onCancel);
  }, [onClose]);
  return ref;
}

export function Sheet({ title, onClose, children }: SheetProps): ReactElement {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const dialog = useModal(onClose);
  const headingId = useId();

  // One sheet may turn into the next (from a receipt to its points): reading then starts again at the new title.
  useEffect(() => {
    heading.current?.focus();
    dialog.current?.querySelector("[data-scroll]")?.scrollTo(0, 0);
  }, [title, dialog]);

  const onBackdrop = (event: MouseEvent<HTMLDialogElement>): void => {
    if (event.target === event.currentTarget) onClose();
  };

  return (
    <dialog ref={dialog} className={styles.sheet} aria-labelledby={headingId} onClick={onBackdrop}>
      <div className={styles.panel}>
        <div className={styles.head}>
          <h2 ref={heading} id={headingId} tabIndex={-1} className={styles.title}>
            {title}
          </h2>
          <button type="button" className={styles.close} onClick={onClose} aria-label={t("close")}>
            <Icon name="close" size={20} />
          </button>
        </div>
        <div className={styles.body} data-scroll>
          {children}
        </div>
      </div>
    </dialog>
  );
}
