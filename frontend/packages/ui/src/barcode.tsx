/** The card number as Code 128, sharp on every screen: each module is a whole number of the screen's own pixels. */
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { bars, sharpWidth } from "./code128.ts";

interface BarcodeProps {
  value: string;
  label: string;
  height: number;
  className?: string | undefined;
}

export function Barcode({ value, label, height, className }: BarcodeProps): ReactElement {
  const { bars: drawn, width: modules } = useMemo(() => bars(value), [value]);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<number | null>(null);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => {
      setWidth(sharpWidth(element.clientWidth, modules, window.devicePixelRatio));
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [modules]);

  return (
    <div ref={frame} className={className}>
      <svg
        role="img"
        aria-label={label}
        width={width ?? "100%"}
        height={height}
        viewBox={`0 0 ${modules} 1`}
        preserveAspectRatio="none"
        shapeRendering="crispEdges"
      >
        {drawn.map((bar) => (
          <rect key={bar.x} x={bar.x} y={0} width={bar.width} height={1} fill="black" />
        ))}
      </svg>
    </div>
  );
}
