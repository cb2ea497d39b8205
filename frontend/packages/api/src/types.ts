// The shapes that travel between the pages and the server.

export type PointKind = "regular" | "limited";
export type Channel = "pos" | "ec" | "app" | "line";
export type EntryType = "earn" | "spend";

export interface RoleGrant {
  role: string;
  name: string;
  stores: string[] | null;
}

export interface Me {
  operator_id: string;
  login: string;
  display_name: string;
  roles: RoleGrant[];
  permissions: string[];
  locale: "ja" | "en";
  demo: boolean;
}

export interface DemoLogin {
  login: string;
  password: string;
  role: string;
  face: string;
}

export interface Demo {
  demo: boolean;
  logins: DemoLogin[];
  outbox_url: string;
}

export interface Lot {
  kind: PointKind;
  points: number;
  expires_on: string;
}

export interface Balance {
  available: number;
  regular: number;
  limited: number;
  lots: Lot[];
  next_expiry: Lot | null;
}

export interface StoreRef {
  code: string;
  name: string;
}

export interface IdentifierShown {
  kind: string;
  value: string;
  linked_at: string;
}

export interface CustomerBrief {
  customer_id: string;
  name: string;
  name_kana: string;
  invented: boolean;
  identifiers: IdentifierShown[];
  available: number;
  last_purchase_at: string | null;
  matched_by: string | null;
}

export interface CustomerSearch {
  customers: CustomerBrief[];
  searched_as: string[];
}

export interface Customer {
  customer_id: string;
  joined_at: string;
  name: string;
  name_kana: string;
  birth_date: string | null;
  gender: string;
  note: string;
  invented: boolean;
  identifiers: IdentifierShown[];
  balance: Balance;
  purchases_count: number;
  purchases_total_yen: number;
  last_purchase_at: string | null;
  first_purchase_at: string | null;
}

export interface Entry {
  entry_id: string;
  type: EntryType;
  points: number;
  kind: PointKind;
  balance_after: number;
  occurred_at: string;
  recorded_at: string;
  store: StoreRef | null;
  purchase_id: string | null;
  lots: Lot[];
  summary: string;
}

export interface PurchaseBrief {
  purchase_id: string;
  external_id: string;
  source: string;
  channel: Channel;
  store: StoreRef;
  terminal: string;
  occurred_at: string;
  recorded_at: string;
  total_yen: number;
  lines_count: number;
  points_used: number;
  points_earned: number;
}

export interface PurchaseItem {
  item: "purchase";
  at: string;
  purchase: PurchaseBrief;
  entries: Entry[];
}

export interface EntryItem {
  item: "entry";
  at: string;
  entry: Entry;
}

export type TimelineItem = PurchaseItem | EntryItem;

export interface Timeline {
  items: TimelineItem[];
  next_cursor: string | null;
}

export interface PurchaseLine {
  sku: string;
  category: string;
  quantity: number;
  unit_price_yen: number;
  tax_rate_percent: number;
  discount_yen: number;
  net_yen: number;
}

export interface PurchaseDetail extends PurchaseBrief {
  tax_mode: "included" | "excluded";
  customer_id: string | null;
  lines: PurchaseLine[];
  payments: { method: string; amount_yen: number }[];
  taxes: { rate_percent: number; gross_yen: number; tax_yen: number }[];
  coupon_codes: string[];
  entries: Entry[];
}

export interface ExplanationStep {
  label: string;
  value: string;
}

export interface ExplanationVersion {
  version: number;
  name: string;
  effective_at: string;
  author: string;
  reason: string;
}

export interface Explanation {
  entry: Entry;
  sentence: string;
  steps: ExplanationStep[];
  version: ExplanationVersion | null;
  purchase: PurchaseBrief | null;
}

export interface DayFigures {
  on: string;
  purchases: number;
  total_yen: number;
  points_earned: number;
  points_used: number;
}

export interface Home {
  today: {
    purchases: number;
    total_yen: number;
    points_earned: number;
    points_used: number;
    customers: number;
  };
  days: DayFigures[];
  recent: { purchase: PurchaseBrief; customer: { customer_id: string; name: string } | null }[];
  as_of: string;
}

export interface ProgramVersion {
  version: number;
  name: string;
  effective_at: string;
  published_at: string;
  author: string;
  reason: string;
  settings: Record<string, unknown>;
  sentences: string[];
}

export interface Program {
  current: ProgramVersion | null;
  versions: ProgramVersion[];
}

export interface AuditEvent {
  event_id: string;
  at: string;
  actor: string;
  actor_name: string | null;
  action: string;
  target: string;
  detail: Record<string, string | number | boolean | string[] | null>;
  hash: string;
}

export interface AuditLog {
  events: AuditEvent[];
  next_cursor: string | null;
  chain_ok: boolean;
}

export interface CounterCustomer {
  customer: Customer;
  visits: PurchaseItem[];
}
