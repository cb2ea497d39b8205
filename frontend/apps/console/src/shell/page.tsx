// The bones of a page: its heading with actions, and the card that holds one subject.
import type { ReactElement, ReactNode } from "react";
import styles from "./page.module.css";
import { useTitle } from "./title.ts";

interface PageHeadProps {
  title: string;
  /** What the browser's tab says, where it differs from the heading. */
  tabTitle?: string;
  meta?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ title, tabTitle, meta, actions }: PageHeadProps): ReactElement {
  useTitle(tabTitle ?? title);
  return (
    <header className={styles.head}>
      <div>
        <h1>{title}</h1>
        {meta !== undefined && <div className={styles.meta}>{meta}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}

interface CardProps {
  title?: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** Content that brings its own edges, such as a table. */
  flush?: boolean;
  children: ReactNode;
  className?: string;
}

export function Card({ title, note, actions, flush = false, children, className }: CardProps): ReactElement {
  const names = className === undefined ? styles.card : `${styles.card} ${className}`;
  return (
    <section className={names} data-flush={flush}>
      {(title !== undefined || actions !== undefined) && (
        <header className={styles.cardHead}>
          <div>
            {title !== undefined && <h2>{title}</h2>}
            {note !== undefined && <p className={styles.note}>{note}</p>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={styles.cardBody}>{children}</div>
    </section>
  );
}
