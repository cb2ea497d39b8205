/** The card number as a QR code. Loaded when it is first asked for. */
import { useMemo, type ReactElement } from "react";
import { encode } from "uqr";

const QUIET_MODULES = 4;

interface QrProps {
  value: string;
  label: string;
  /** The side of the square, quiet zone included, in CSS pixels at most: it shrinks to whole pixels a module. */
  side: number;
}

export default function Qr({ value, label, side }: QrProps): ReactElement {
  const { path, modules } = useMemo(() => {
    const { data, size } = encode(value, { ecc: "M", border: QUIET_MODULES });
    const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { path: squares.join(""), modules: size };
  }, [value]);
  const drawn = Math.max(1, Math.floor(side / modules)) * modules;
  return (
    <svg
      role="img"
      aria-label={label}
      width={drawn}
      height={drawn}
      viewBox={`0 0 ${modules} ${modules}`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="black" />
    </svg>
  );
}
