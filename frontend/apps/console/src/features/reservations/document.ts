// A store's settings as a document, as the server publishes it, and how its parts are typed and read by people.

export interface Span {
  opens: number;
  closes: number;
}

export interface Resource {
  code: string;
  kind: "staff" | "chair" | "room";
  name_ja: string;
  name_en: string;
  capacity: number;
  week: Span[][] | null;
  chosen_by_member: boolean;
  ended: boolean;
}

export interface Service {
  code: string;
  name_ja: string;
  name_en: string;
  minutes: number;
  buffer_minutes: number;
  every_minutes: number | null;
  price_yen: number;
  resources: string[];
  ended: boolean;
}

export interface DayException {
  on: string;
  resource: string;
  spans: Span[];
  note_ja: string;
  note_en: string;
}

export interface Quota {
  code: string;
  name_ja: string;
  name_en: string;
  tier: string;
  slots: number | null;
  days_before: number;
  kind: Resource["kind"];
  resources: string[];
  weekdays: number[];
  opens: number;
  closes: number;
}

export interface Settings {
  slot_minutes: number;
  week: Span[][];
  exceptions: DayException[];
  resources: Resource[];
  services: Service[];
  horizon_days: number;
  early: { tier: string; days: number }[];
  quotas: Quota[];
  lead_minutes: number;
  cancel_until_minutes: number;
  late_cancel_counts: boolean;
  no_show: { count: number; within_days: number; ban_days: number } | null;
  max_open: number;
  offer_minutes: number;
  max_waiting: number;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** `10:00-13:00, 14:00-19:00` */
export function writeSpans(spans: readonly Span[]): string {
  return spans.map(({ opens, closes }) => `${clock(opens)}-${clock(closes)}`).join(", ");
}

const SPAN = /^(\d{1,2}):(\d{2})\s*[-–〜~]\s*(\d{1,2}):(\d{2})$/;

/** The spans of a text; null when it can not be read. Full-width digits and marks are as people type them. */
export function readSpans(text: string): Span[] | null {
  const spans: Span[] = [];
  for (const part of text.normalize("NFKC").split(/[,、，]/)) {
    if (part.trim() === "") continue;
    const found = SPAN.exec(part.trim());
    if (found === null) return null;
    const [opensHour = 0, opensMinute = 0, closesHour = 0, closesMinute = 0] = found.slice(1).map(Number);
    const span = { opens: opensHour * 60 + opensMinute, closes: closesHour * 60 + closesMinute };
    if (opensMinute > 59 || closesMinute > 59 || span.opens >= span.closes || span.closes > 1440) return null;
    spans.push(span);
  }
  return spans;
}

const DAILY: Span[] = [{ opens: 600, closes: 1200 }];

/** What a store begins with: one member of staff, one service, open from ten to eight. */
export const TEMPLATE: Settings = {
  slot_minutes: 30,
  week: Array.from({ length: 7 }, () => DAILY),
  exceptions: [],
  resources: [
    {
      code: "staff-1",
      kind: "staff",
      name_ja: "担当1",
      name_en: "Staff 1",
      capacity: 1,
      week: null,
      chosen_by_member: true,
      ended: false,
    },
  ],
  services: [
    {
      code: "service-1",
      name_ja: "メニュー1",
      name_en: "Service 1",
      minutes: 60,
      buffer_minutes: 0,
      every_minutes: null,
      price_yen: 5000,
      resources: ["staff-1"],
      ended: false,
    },
  ],
  horizon_days: 30,
  early: [],
  quotas: [],
  lead_minutes: 60,
  cancel_until_minutes: 1440,
  late_cancel_counts: true,
  no_show: { count: 3, within_days: 90, ban_days: 30 },
  max_open: 3,
  offer_minutes: 60,
  max_waiting: 20,
};
