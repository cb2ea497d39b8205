// A customer's details do not stay on an unattended screen.
import { useEffect, useRef, useState } from "react";

export const CLEAR_AFTER_MS = 120_000;
const WARN_BEFORE_MS = 15_000;
const TICK_MS = 500;

/** Seconds left before `onClear` once they are few, else null; any touch or key starts over. */
export function useIdleClear(active: boolean, onClear: () => void): number | null {
  const [left, setLeft] = useState<number | null>(null);
  const clear = useRef(onClear);
  clear.current = onClear;
  useEffect(() => {
    if (!active) {
      setLeft(null);
      return;
    }
    let touchedAt = Date.now();
    const touch = (): void => {
      touchedAt = Date.now();
      setLeft(null);
    };
    const tick = (): void => {
      const remaining = CLEAR_AFTER_MS - (Date.now() - touchedAt);
      if (remaining <= 0) clear.current();
      else setLeft(remaining <= WARN_BEFORE_MS ? Math.ceil(remaining / 1000) : null);
    };
    const timer = window.setInterval(tick, TICK_MS);
    for (const event of ["pointerdown", "keydown", "wheel"]) document.addEventListener(event, touch, { passive: true });
    return () => {
      window.clearInterval(timer);
      for (const event of ["pointerdown", "keydown", "wheel"]) document.removeEventListener(event, touch);
    };
  }, [active]);
  return left;
}
