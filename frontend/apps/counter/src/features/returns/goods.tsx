// The lines of the receipt, each with how many of it come back. A quantity is never typed: it is counted up and down.
import type { PurchaseLine } from "@enishi/api/types.ts";
import { formatCount, formatYen } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { type Chosen, choose, leftOf, NOTHING } from "./chosen.ts";
import styles from "./goods.module.css";

interface GoodsProps {
  lines: PurchaseLine[];
  chosen: Chosen;
  all: Chosen;
  disabled: boolean;
  onChange: (chosen: Chosen) => void;
}

export function Goods({ lines, chosen, all, disabled, onChange }: GoodsProps): ReactElement {
  const { t } = useTexts();
  if (all.size === 0) return <p className={styles.none}>{t("returns.none")}</p>;
  const complete = [...all].every(([line, pieces]) => chosen.get(line) === pieces);
  return (
    <section className={styles.goods}>
      <header>
        <p>{t("returns.lead")}</p>
        <button type="button" disabled={disabled} onClick={() => onChange(complete ? NOTHING : all)}>
          {complete ? t("returns.clear") : t("returns.all")}
        </button>
      </header>
      <ul>
        {lines.map((line, index) => (
          <Row
            key={`${index}-${line.sku}`}
            line={line}
            pieces={chosen.get(index + 1) ?? 0}
            disabled={disabled}
            onPieces={(pieces) => onChange(choose(chosen, index + 1, pieces, line))}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  line: PurchaseLine;
  pieces: number;
  disabled: boolean;
  onPieces: (pieces: number) => void;
}

function Row({ line, pieces, disabled, onPieces }: RowProps): ReactElement {
  const { t } = useTexts();
  const name = line.category === "" ? line.sku : line.category;
  const left = leftOf(line);
  return (
    <li data-chosen={pieces > 0} data-gone={left === 0}>
      <div>
        <strong>{name}</strong>
        <small className="enishi-figure">
          {formatYen(line.net_yen)} · {left === 0 ? t("common:returns.whole") : t("returns.of", { n: formatCount(left) })}
          {left > 0 && line.returned > 0 && ` · ${t("common:returns.back", { n: formatCount(line.returned) })}`}
        </small>
      </div>
      {left > 0 && (
        <div className={styles.stepper} role="group" aria-label={t("returns.chosen", { name })}>
          <button
            type="button"
            aria-label={t("returns.less", { name })}
            disabled={disabled || pieces === 0}
            onClick={() => onPieces(pieces - 1)}
          >
            <Icon name="spend" size={24} />
          </button>
          <output className="enishi-figure">{formatCount(pieces)}</output>
          <button
            type="button"
            aria-label={t("returns.more", { name })}
            disabled={disabled || pieces === left}
            onClick={() => onPieces(pieces + 1)}
          >
            <Icon name="earn" size={24} />
          </button>
        </div>
      )}
    </li>
  );
}
