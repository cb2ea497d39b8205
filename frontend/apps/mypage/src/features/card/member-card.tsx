/** The member card: who it is and the code that a till scans. Tapping the code shows it large. */
import { Barcode } from "@enishi/ui/barcode.tsx";
import { canBeDrawn } from "@enishi/ui/code128.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { Suspense, lazy, useState, type ReactElement } from "react";
import type { Card } from "../../queries.ts";
import { plainDate } from "../../shell/dates.ts";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import { groupDigits } from "./number.ts";
import styles from "./member-card.module.css";

export const Qr = lazy(() => import("@enishi/ui/qr.tsx"));

type CodeKind = "barcode" | "qr";

const BARCODE_HEIGHT = 72;
const QR_SIDE = 116;

export function MemberCard({ card }: { card: Card }): ReactElement {
  const { t } = useWords();
  const [kind, setKind] = useState<CodeKind>("barcode");
  const number = card.card_number;
  return (
    <section className={styles.card} aria-label={t("card.title")}>
      <Waves />
      <header className={styles.head}>
        <span className={styles.brand}>
          <Mark size={26} tone="inverse" />
          {t("product")}
        </span>
        {number !== null && canBeDrawn(number) && <KindChoice kind={kind} onChoose={setKind} />}
      </header>
      <div className={styles.holder}>
        <p className={styles.name}>{t("card.holder", { name: card.name })}</p>
        <p className={styles.since}>
          {card.invented && <span className={styles.invented}>{t("demo.member")}</span>}
          <span>{t("card.since", { date: plainDate(card.joined_at) })}</span>
        </p>
      </div>
      {number === null ? (
        <p className={`${styles.panel} ${styles.undrawn}`}>{t("card.noNumber")}</p>
      ) : (
        <button type="button" className={styles.panel} onClick={() => open({ name: "card" })}>
          <Code number={number} kind={kind} />
          <span className={styles.number}>
            <span className="enishi-visually-hidden">{t("card.number")}</span>
            <span className="enishi-figure">{groupDigits(number)}</span>
          </span>
          <Icon name="scan" size={18} className={styles.enlarge} />
          <span className="enishi-visually-hidden">{t("card.enlarge")}</span>
        </button>
      )}
    </section>
  );
}

function Code({ number, kind }: { number: string; kind: CodeKind }): ReactElement {
  const { t } = useWords();
  if (!canBeDrawn(number)) return <span className={styles.undrawn}>{t("card.noBarcode")}</span>;
  if (kind === "barcode") {
    return (
      <Barcode value={number} label={t("card.barcodeOf", { number })} height={BARCODE_HEIGHT} className={styles.bars} />
    );
  }
  return (
    <Suspense fallback={<span className={styles.awaited} />}>
      <Qr value={number} label={t("card.qrOf", { number })} side={QR_SIDE} />
    </Suspense>
  );
}

function KindChoice({ kind, onChoose }: { kind: CodeKind; onChoose: (kind: CodeKind) => void }): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.choice} role="group" aria-label={t("card.kindOfCode")}>
      {(["barcode", "qr"] as const).map((each) => (
        <button key={each} type="button" aria-pressed={each === kind} onClick={() => onChoose(each)}>
          <span>{t(`card.${each}`)}</span>
        </button>
      ))}
    </div>
  );
}

/** Centres of the scales in one tile, from the back row to the front. */
const SCALES = [
  [0, 0],
  [40, 0],
  [20, 10],
  [0, 20],
  [40, 20],
  [20, 30],
] as const;

/** 青海波: overlapping waves, drawn faintly across the card. */
function Waves(): ReactElement {
  return (
    <svg className={styles.waves} aria-hidden="true">
      <defs>
        <pattern id="seigaiha" width="40" height="20" patternUnits="userSpaceOnUse">
          {SCALES.map(([x, y]) => (
            <g key={`${x}-${y}`}>
              <circle cx={x} cy={y} r="20" />
              <circle cx={x} cy={y} r="14" />
              <circle cx={x} cy={y} r="8" />
            </g>
          ))}
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#seigaiha)" />
    </svg>
  );
}
