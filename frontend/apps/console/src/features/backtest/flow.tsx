// Who moves between ranks: a matrix from today's ladder to the draft's, with the members of each way on demand.
import type { BacktestResult } from "@enishi/api/types.ts";
import { formatCount, formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Drawer } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type CSSProperties, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import { type Cell, flowOf } from "./figures.ts";
import styles from "./report.module.css";

const SHORT_ID = 8;

export function RankFlow({ result }: { result: BacktestResult }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const [open, setOpen] = useState<Cell | null>(null);
  const flow = flowOf(result);
  return (
    <Card flush title={t("backtest.flow.title")} note={t("backtest.flow.note", { date: formatDate(result.until_on, locale) })}>
      <div className={styles.scroll} role="region" aria-label={t("backtest.flow.title")} tabIndex={0}>
        <table className={`${styles.table} ${styles.flow}`}>
          <thead>
            <tr>
              <th scope="col">{t("backtest.flow.corner")}</th>
              {flow[0]?.map(({ tried }) => (
                <th key={tried.code} scope="col">
                  <Dot colour={tried.colour} />
                  {tried.name}
                </th>
              ))}
              <th scope="col">{t("backtest.flow.total")}</th>
            </tr>
          </thead>
          <tbody>
            {flow.map((cells) => (
              <tr key={cells[0]?.today.code}>
                <th scope="row">
                  <Dot colour={cells[0]?.today.colour ?? ""} />
                  {cells[0]?.today.name}
                </th>
                {cells.map((cell) => (
                  <td key={cell.tried.code} data-goes={cell.members === 0 ? undefined : cell.goes}>
                    <Members cell={cell} onOpen={() => setOpen(cell)} />
                  </td>
                ))}
                <td data-sum>{formatCount(cells[0]?.today.members ?? 0)}</td>
              </tr>
            ))}
            <tr data-sum>
              <th scope="row">{t("backtest.flow.total")}</th>
              {flow[0]?.map(({ tried }) => (
                <td key={tried.code}>{formatCount(tried.members)}</td>
              ))}
              <td>{formatCount(result.members)}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <p className={styles.key}>
        <span data-goes="1">{t("backtest.flow.rises")}</span>
        <span data-goes="-1">{t("backtest.flow.falls")}</span>
      </p>
      <Drawer
        opened={open !== null}
        onClose={() => setOpen(null)}
        position="right"
        size={420}
        title={open === null ? "" : t("backtest.flow.drawer", { from: open.today.name, to: open.tried.name })}
        padding="lg"
        closeButtonProps={{ "aria-label": t("common:close") }}
      >
        {open !== null && <Movers cell={open} />}
      </Drawer>
    </Card>
  );
}

function Dot({ colour }: { colour: string }): ReactElement {
  return <i className={styles.dot} style={{ "--rank": colour } as CSSProperties} aria-hidden="true" />;
}

function Members({ cell, onOpen }: { cell: Cell; onOpen: () => void }): ReactElement {
  const { t } = useTexts();
  if (cell.members === 0) return <span className={styles.nobody}>–</span>;
  if (cell.goes === 0 || cell.some.length === 0) return <>{formatCount(cell.members)}</>;
  const label = t("backtest.flow.open", { from: cell.today.name, to: cell.tried.name, n: formatCount(cell.members) });
  return (
    <button type="button" onClick={onOpen} aria-label={label}>
      {formatCount(cell.members)}
    </button>
  );
}

function Movers({ cell }: { cell: Cell }): ReactElement {
  const { t } = useTexts();
  const hidden = cell.some.every(({ name }) => name === null);
  return (
    <div className={styles.movers}>
      <p>
        {cell.some.length < cell.members
          ? t("backtest.flow.some", { n: formatCount(cell.members), shown: formatCount(cell.some.length) })
          : t("backtest.flow.members", { n: formatCount(cell.members) })}
      </p>
      {hidden && <p>{t("backtest.flow.hidden")}</p>}
      <ul>
        {cell.some.map(({ customer_id: customerId, name }) => (
          <li key={customerId}>
            <Link to="/customers/$customerId" params={{ customerId }} search={{}}>
              {name === null || name === "" ? t("backtest.flow.unnamed", { id: customerId.slice(-SHORT_ID) }) : name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
