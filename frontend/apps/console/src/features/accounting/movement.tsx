// The movement table: opening, what happened, closing; in yen or points, in all or by month of issue.
import type { BooksCohort, BooksStatement } from "@enishi/api/types.ts";
import { formatCount, formatMonth } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { SegmentedControl, Switch } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./accounting.module.css";
import { COLUMNS, lateOf, rowOf, type TableRow, totalOf, type Unit } from "./sums.ts";

export function MovementTable({ statement }: { statement: BooksStatement }): ReactElement {
  const { t } = useTexts();
  const [unit, setUnit] = useState<Unit>("yen");
  const [open, setOpen] = useState(false);
  return (
    <Card
      flush
      title={t("accounting.movement.title")}
      note={t("accounting.movement.note")}
      actions={
        <>
          <Switch
            size="sm"
            label={t("accounting.movement.cohorts")}
            checked={open}
            onChange={({ currentTarget }) => setOpen(currentTarget.checked)}
          />
          <SegmentedControl
            size="xs"
            aria-label={t("accounting.movement.unit")}
            value={unit}
            onChange={(value) => setUnit(value === "points" ? "points" : "yen")}
            data={[
              { value: "yen", label: t("accounting.movement.yen") },
              { value: "points", label: t("accounting.movement.points") },
            ]}
          />
        </>
      }
    >
      <div className={styles.scroll} role="region" aria-label={t("accounting.movement.title")} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("accounting.movement.cohort")}</th>
              {COLUMNS[unit].map((column) => (
                <th key={column} scope="col">
                  {t(`accounting.movement.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          {(["material", "other"] as const).map((name) => (
            <ClassRows
              key={name}
              name={name}
              lines={statement.lines.filter((line) => line.point_class === name)}
              unit={unit}
              open={open}
            />
          ))}
        </table>
      </div>
    </Card>
  );
}

interface ClassRowsProps {
  name: "material" | "other";
  lines: BooksCohort[];
  unit: Unit;
  open: boolean;
}

function ClassRows({ name, lines, unit, open }: ClassRowsProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const late = lateOf(lines);
  return (
    <tbody>
      <tr className={styles.className}>
        <th scope="rowgroup" colSpan={COLUMNS[unit].length + 1}>
          {t(`accounting.pointClass.${name}`)}
        </th>
      </tr>
      {open &&
        lines.map((line) => (
          <tr key={line.cohort}>
            <th scope="row">{formatMonth(line.cohort, locale)}</th>
            <Numbers row={rowOf(line, unit)} unit={unit} />
          </tr>
        ))}
      <tr className={styles.total}>
        <th scope="row">{t("accounting.movement.total")}</th>
        <Numbers row={totalOf(lines.map((line) => rowOf(line, unit)))} unit={unit} />
      </tr>
      {unit === "points" && (late.issued !== 0 || late.used !== 0) && (
        <tr className={styles.late}>
          <th scope="row" title={t("accounting.movement.lateHint")}>
            {t("accounting.movement.late")}
          </th>
          {COLUMNS.points.map((column) => (
            <td key={column}>
              {column === "issued" && formatCount(late.issued)}
              {column === "used" && formatCount(-late.used)}
            </td>
          ))}
        </tr>
      )}
    </tbody>
  );
}

function Numbers({ row, unit }: { row: TableRow; unit: Unit }): ReactElement {
  return (
    <>
      {COLUMNS[unit].map((column) => (
        <td key={column} data-zero={row[column] === 0}>
          {formatCount(row[column])}
        </td>
      ))}
    </>
  );
}
