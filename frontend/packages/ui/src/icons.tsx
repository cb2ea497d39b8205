// The icons of every face: 24 × 24, one stroke, drawn here so that no page ships an icon library.
import type { ReactElement, SVGProps } from "react";

const PATHS = {
  gift: "M4 11.500h16V20H4v-8.500ZM3 7.500h18v4H3v-4ZM12 7.500V20M12 7.500C9 7.500 7.500 6.500 7.500 5S9 3.200 10 4c1 .8 2 3.500 2 3.500ZM12 7.500c3 0 4.500-1 4.500-2.500S15 3.200 14 4c-1 .8-2 3.500-2 3.500Z",
  share: "M7 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9.200 10.900l5.600-4M9.200 13.200l5.600 4",
  campaign: "M4 10v4h3l8 4.500v-13L7 10H4ZM18 9.500a3.500 3.500 0 0 1 0 5M8 14.500l1 5h2.500l-1-4",
  home: "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  customers: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.9c2 .8 3.2 2.5 3.5 5.1",
  customer: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6",
  programme: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM10 16.5v-9h3a2.75 2.75 0 0 1 0 5.5h-3",
  books: "M5 4.500h11.500a2.5 2.5 0 0 1 2.5 2.500v13H7.500A2.5 2.5 0 0 1 5 17.500v-13ZM5 17.500A2.5 2.5 0 0 1 7.500 15H19M9 8.500h6",
  audit: "M12 3.5 5 6v5.5c0 4.4 2.9 7.6 7 9 4.1-1.4 7-4.6 7-9V6l-7-2.5ZM9 12l2.2 2.2L15.2 10",
  approve: "M4.500 4.500h15v15h-15v-15ZM8.500 12.200l2.500 2.500 4.800-5.200",
  limits: "M4 7.500h9M17 7.500h3M4 16.500h3M11 16.500h9M15 5.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM9 14.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20.5 20.5",
  receipt: "M6 3.5h12v17l-2.4-1.6-2.4 1.6-2.4-1.6-2.4 1.6L6 20.5v-17ZM9 8h6M9 11.5h6M9 15h3.5",
  points: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM10 16.5v-9h3a2.75 2.75 0 0 1 0 5.5h-3",
  earn: "M12 5v14M5 12h14",
  spend: "M5 12h14",
  chevronRight: "m9 5 7 7-7 7",
  chevronLeft: "m15 5-7 7 7 7",
  chevronDown: "m5 9 7 7 7-7",
  chevronUp: "m5 15 7-7 7 7",
  filter: "M4 6h16M7 12h10M10 18h4",
  ladder: "M3.5 19.500h5v-5h5v-5h5V4.500h2.500",
  close: "M5.5 5.5l13 13M18.5 5.5l-13 13",
  refresh: "M19.5 8.5A8 8 0 1 0 20 13M20 4v5h-5",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 19.5h15",
  signOut: "M10 4.5H5.5v15H10M14.5 8l4 4-4 4M18.5 12H9.5",
  language: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3Z",
  warning: "M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17v.1",
  check: "m4.5 12.5 5 5 10-11",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.200l3.5 2",
  offline: "M3 3l18 18M8.5 15.800a5 5 0 0 1 6.3-.600M5.3 12.500a9.3 9.3 0 0 1 4.2-2.500M13.8 9.900c1.8.4 3.5 1.3 4.9 2.600M2.3 9.200A14 14 0 0 1 6.7 6.400M10.5 5.200c4-.4 8.1 1 11.2 4M12 19.500v.1",
  phone: "M6 3.500h3l1.7 4.3-2.2 1.500c1 2.3 2.9 4.2 5.2 5.200l1.5-2.2 4.3 1.700v3c0 1.4-1.1 2.5-2.5 2.500C10.5 19.5 4 13 3.5 6 3.5 4.6 4.6 3.5 6 3.500Z",
  card: "M3 6.500h18v11.500H3V6.500ZM3 10.500h18M6.5 15h4",
  mail: "M3.5 5.500h17v13h-17v-13ZM4 6.500l8 6.5 8-6.5",
  message: "M4 5h16v11.500h-8.500L7 20.500v-4H4V5Z",
  copy: "M8.5 8.500h11v11h-11v-11ZM5 15.500H4.500v-11h11V5",
  scan: "M4 8V4.500h3.500M16.5 4.500H20V8M20 16v3.500h-3.500M7.5 19.500H4V16M8 8.500v7M11 8.500v7M13.5 8.500v7M16 8.500v7",
  store: "M4 9.5 5.5 4h13L20 9.500M4 9.500c0 3 5.3 3 5.3 0 0 3 5.4 3 5.4 0 0 3 5.3 3 5.3 0M5.5 12v8h13v-8M10 20v-4.500h4V20",
  cart: "M3 4.500h2.500L8 15.500h9.500L20 8H6.300M9 19.500v.1M16.5 19.500v.1",
  external: "M13.5 4.500h6v6M19.5 4.500l-9 9M17.5 14v5.500h-13v-13H10",
  menu: "M4 7h16M4 12h16M4 17h16",
  command: "M9 9h6v6H9V9ZM9 9H6.500A2.5 2.5 0 1 1 9 6.500V9ZM15 9V6.500A2.5 2.5 0 1 1 17.5 9H15ZM15 15h2.500a2.5 2.5 0 1 1-2.5 2.500V15ZM9 15v2.500A2.5 2.5 0 1 1 6.5 15H9Z",
  eyeOff: "M4 4l16 16M9.9 5.600A9.5 9.5 0 0 1 12 5.400c4.5 0 7.7 2.9 9.5 6.600a13 13 0 0 1-2.6 3.600M6.5 7.600A13 13 0 0 0 2.5 12c1.8 3.7 5 6.6 9.5 6.6 1.6 0 3-.4 4.3-1M10 10a2.9 2.9 0 0 0 4 4",
  backspace: "M9 5h11.5v14H9l-6-7 6-7ZM12 9.5l5 5M17 9.5l-5 5",
  question: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.600a2.6 2.6 0 1 1 3.7 2.300c-.8.4-1.2.900-1.2 1.700v.4M12 16.900v.1",
  undo: "M8.5 5 4 9.500l4.500 4.500M4.500 9.500H14a5.500 5.500 0 0 1 0 11h-4",
  calendar: "M4.5 6h15v14h-15V6ZM4.5 10.5h15M8.5 3.5V8M15.5 3.5V8M8.5 14.5h.1M12 14.5h.1M15.500 14.500h.1",
  history: "M4 12a8 8 0 1 0 2.5-5.800L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.8",
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps extends Omit<SVGProps<SVGSVGElement>, "name"> {
  name: IconName;
  size?: number;
}

/** A decorative icon: the control or text around it carries the name. */
export function Icon({ name, size = 18, strokeWidth = 1.7, ...rest }: IconProps): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={strokeWidth}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
