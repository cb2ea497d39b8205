// The mark of Enishi: two cords tied into one knot (縁, 水引の本結び). Each cord passes under the other's loop, then over
// it or under it once more; the dash patterns leave the short gaps where it passes under, so the mark needs no
// background colour. Both cords are one path, the right one mirrored.
import type { ReactElement } from "react";

const CORD =
  "M-3.2 12.7H8.5C13.6 12.7 13.2 7.2 18.4 7.2C23.2 7.2 25 11.4 25 16C25 20.6 23.2 24.8 18.4 24.8" +
  "C13.2 24.8 13.6 19.3 8.5 19.3H-3.2";
const OVER_THEN_UNDER = "7.88 4.6 36 4.6 6.23 4.6 8.91";
const UNDER_THEN_OVER = "7.88 4.6 6.23 4.6 36 4.6 8.91";

interface MarkProps {
  size?: number;
  /** `colour` on light grounds, `inverse` on 藍, `plain` takes the text colour. */
  tone?: "colour" | "inverse" | "plain";
  /** Read out by screen readers; leave it out where the name stands beside the mark. */
  title?: string;
  className?: string;
}

const TONES = {
  colour: ["var(--enishi-indigo-700)", "var(--enishi-vermilion-600)"],
  inverse: ["var(--enishi-ink-inverse)", "var(--enishi-indigo-300)"],
  plain: ["currentColor", "currentColor"],
} as const;

export function Mark({ size = 28, tone = "colour", title, className }: MarkProps): ReactElement {
  const [left, right] = TONES[tone];
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth={3}
      className={className}
      role={title === undefined ? undefined : "img"}
      aria-label={title}
      aria-hidden={title === undefined ? true : undefined}
    >
      <path d={CORD} strokeDasharray={OVER_THEN_UNDER} stroke={left} />
      <path d={CORD} strokeDasharray={UNDER_THEN_OVER} stroke={right} transform="matrix(-1 0 0 1 32 0)" />
    </svg>
  );
}
