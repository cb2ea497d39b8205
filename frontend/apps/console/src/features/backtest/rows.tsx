// Where the points change: by store, rank or campaign, each with a bar of its difference.
import type { BacktestResult, BacktestRow } from "@enishi/api/types.ts";
import { formatCount, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { Button, SegmentedControl } from "@mantine/core";
import { type CSSProperties, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { byDifference, highest, signed } from "./figures.ts";
import styles from "./report.module.css";

const KINDS = ["store", "rank", "campaign"] as const;
type Kind = (typeof KINDS)[number];
const SHOWN = 12;

export function Rows({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const [kind, setKind] = useState<Kind>("store");
  const [all, setAll] = useState(false);
  const rows = byDifference({ store: result.stores, rank: result.ranks, campaign: result.campaigns }[kind]);
  const top = highest(rows.map(({ difference_points: points }) => Math.abs(points)));
  const shown = all ? rows : rows.slice(0, SHOWN);
  return (
    <Card
      flush
      title={t("backtest.rows.title")}
      note={t("backtest.rows.note")}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t("backtest.rows.by")}
          value={kind}
          onChange={(value) => {
            setKind(KINDS.find((one) => one === value) ?? "store");
            setAll(false);
          }}
          data={KINDS.map((one) => ({ value: one, label: t(`backtest.rows.${one}`) }))}
        />
      }
    >
      {rows.length === 0 ? (
        <p className={styles.empty}>{t("backtest.rows.none")}</p>
      ) : (
        <div className={styles.scroll} role="region" aria-label={t("backtest.rows.title")} tabIndex={0}>
          <table className={styles.table} data-wide>
            <thead>
              <tr>
                <th scope="col">{t(`backtest.rows.${kind}`)}</th>
                <th scope="col">{t("backtest.rows.receipts")}</th>
                <th scope="col">
                  {t("backtest.rows.points")} <small>{t("backtest.today")}</small>
                </th>
                <th scope="col">
                  {t("backtest.rows.points")} <small>{t("backtest.tried")}</small>
                </th>
                <th scope="col">{t("backtest.difference")}</th>
                <th scope="col">
                  {t("backtest.rows.cost")} <small>{t("backtest.difference")}</small>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Line key={row.code} row={row} top={top} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > SHOWN && (
        <p className={styles.more}>
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)}>
            {all ? t("backtest.rows.less") : t("backtest.rows.more", { n: formatCount(rows.length) })}
          </Button>
        </p>
      )}
    </Card>
  );
}

function Line({ row, top }: { row: BacktestRow; top: number }): ReactElement {
  const { t } = useTexts();
  const share = row.difference_points / top;
  return (
    <tr>
      <th scope="row">
        {row.colour !== null && <i className={styles.dot} style={{ "--rank": row.colour } as CSSProperties} aria-hidden="true" />}
        {row.name === "" ? t("backtest.none") : row.name}
      </th>
      <td>{formatCount(Math.max(row.today.receipts, row.tried.receipts))}</td>
      <td>{formatPoints(row.today.points)}</td>
      <td>{formatPoints(row.tried.points)}</td>
      <td>
        <span className={styles.change} data-falls={share < 0} style={{ "--share": `${Math.abs(share) * 100}%` } as CSSProperties}>
          {signed(row.difference_points, formatPoints)}
        </span>
      </td>
      <td>{signed(row.difference_yen, formatYen)}</td>
    </tr>
  );
}
