// The key figures of the month, each with what it says, beside those of the closed month before.
import type { Books, BooksFigure } from "@enishi/api/types.ts";
import { formatCount, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./figures.module.css";

export function FiguresCard({ books }: { books: Books }): ReactElement | null {
  const { t } = useTexts();
  if (books.figures.length === 0) return null;
  return (
    <Card
      flush
      title={t("accounting.figures.title")}
      note={t(books.statement?.closed_at === null ? "accounting.figures.draft" : "accounting.figures.frozen")}
    >
      <dl className={styles.figures}>
        {books.figures.map((one) => (
          <div key={one.figure}>
            <dt>{one.name}</dt>
            <dd className={`${styles.value} enishi-figure`}>{formatFigure(one.unit, one.value)}</dd>
            {one.before !== null && (
              <dd className={styles.before}>
                {t("accounting.figures.before")} <span className="enishi-figure">{formatFigure(one.unit, one.before)}</span>
              </dd>
            )}
            <dd className={styles.definition}>{one.definition}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function formatFigure(unit: BooksFigure["unit"], value: string): string {
  if (unit === "percent") return `${value}%`;
  if (unit === "yen") return formatYen(Number(value));
  return unit === "points" ? formatPoints(Number(value)) : formatCount(Number(value));
}
