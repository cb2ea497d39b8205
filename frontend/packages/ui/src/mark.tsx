// The mark of Enishi: two cords tied into one knot (縁, 水引). Each cord passes over the other once and under it once;
// the dash pattern leaves the short gap where it passes under, so the mark needs no background colour.
import type { ReactElement } from "react";

const CORD =
  "M2 9.5C4.6 10.4 5.4 14.2 6.6 16C8.8 19.6 10.2 22.4 14 22.4C17.9 22.4 21 19.7 21 16C21 12.3 17.9 9.6 14 9.6" +
  "C10.2 9.6 8.8 12.4 6.6 16C5.4 17.8 4.6 21.6 2 22.5";
const UNDER_BELOW = "31.3 8 100";
const UNDER_ABOVE = "60.7 8 100";

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
      strokeWidth={2.7}
      className={className}
      role={title === undefined ? undefined : "img"}
      aria-label={title}
      aria-hidden={title === undefined ? true : undefined}
    >
      <path d={CORD} pathLength={100} strokeDasharray={UNDER_BELOW} stroke={left} />
      <path
        d={CORD}
        pathLength={100}
        strokeDasharray={UNDER_ABOVE}
        stroke={right}
        transform="matrix(-1 0 0 1 32 0)"
      />
    </svg>
  );
}
