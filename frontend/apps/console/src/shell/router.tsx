// The console's addresses. Everything but the log-in sits inside the signed-in layout; receipt and "why?" panels are
// part of the address, so that what is on screen can be shared.
import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { LogIn } from "../features/login/login.tsx";
import { AccountingPage } from "../features/accounting/accounting.tsx";
import { ApprovalsPage } from "../features/approvals/list.tsx";
import { BenefitsPage } from "../features/benefits/benefits.tsx";
import { ReferralsPage } from "../features/referrals/referrals.tsx";
import { CampaignCalendarPage } from "../features/campaigns/calendar.tsx";
import { CampaignPage } from "../features/campaigns/detail.tsx";
import { EditCampaignPage, NewCampaignPage } from "../features/campaigns/editor.tsx";
import { CampaignsPage } from "../features/campaigns/list.tsx";
import { CAMPAIGN_STATES, type CampaignsSearch } from "../features/campaigns/queries.ts";
import { BacktestPage } from "../features/backtest/page.tsx";
import { DraftPage } from "../features/drafts/detail.tsx";
import { EditDraftPage } from "../features/drafts/edit.tsx";
import { DraftsPage } from "../features/drafts/list.tsx";
import { NewDraftPage } from "../features/drafts/new.tsx";
import { DRAFT_STATES, type DraftState, type Part, PARTS } from "../features/drafts/queries.ts";
import { AuditList } from "../features/audit/list.tsx";
import { CustomerDetail } from "../features/customers/detail.tsx";
import { CustomerList } from "../features/customers/list.tsx";
import { ExpiringPage } from "../features/expiring/expiring.tsx";
import { HomePage } from "../features/home/home.tsx";
import { LimitsPage } from "../features/limits/limits.tsx";
import { OfflinePage } from "../features/offline/offline.tsx";
import { EditLadderPage } from "../features/ranks/edit-page.tsx";
import { RankMembersPage } from "../features/ranks/members.tsx";
import { RanksPage } from "../features/ranks/ranks-page.tsx";
import { ReservationsPage } from "../features/reservations/calendar.tsx";
import { ReservationSettingsPage } from "../features/reservations/settings.tsx";
import { ProgramPage } from "../features/program/program.tsx";
import type { OfflineSearch } from "../features/offline/queries.ts";
import { queryClient, whenSessionIsLost } from "./client.ts";
import { Layout } from "./layout.tsx";
import { sessionQuery } from "./session.ts";
import { Crashed, NotFound } from "./states.tsx";

export type TimelineFilter = "all" | "purchases" | "points";

export interface PanelSearch {
  receipt?: string;
  why?: string;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function day(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
}

const rootRoute = createRootRoute({ notFoundComponent: NotFound, errorComponent: Crashed });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: (search): { next?: string; expired?: boolean } => ({
    next: text(search["next"]),
    expired: search["expired"] === true ? true : undefined,
  }),
  beforeLoad: async ({ search }) => {
    const me = await queryClient.fetchQuery(sessionQuery).catch(() => null);
    if (me !== null) throw redirect({ href: safeNext(search.next) });
  },
  component: LogIn,
});

const layoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  validateSearch: (search): PanelSearch => ({ receipt: text(search["receipt"]), why: text(search["why"]) }),
  beforeLoad: async ({ location }) => {
    const me = await queryClient.fetchQuery(sessionQuery);
    if (me === null) throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
    return { me };
  },
  component: Layout,
  errorComponent: Crashed,
  notFoundComponent: NotFound,
});

const homeRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/", component: HomePage });
const customersRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/customers",
  component: CustomerList,
});
const customerRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/customers/$customerId",
  validateSearch: (search): { type?: TimelineFilter } => {
    const type = search["type"];
    return { type: type === "purchases" || type === "points" ? type : undefined };
  },
  component: CustomerDetail,
});
const programRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/program", component: ProgramPage });
const accountingRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/accounting",
  validateSearch: (search): { month?: string } => {
    const month = text(search["month"]);
    return { month: month !== undefined && /^\d{4}-\d{2}-01$/.test(month) ? month : undefined };
  },
  component: AccountingPage,
});
const STATES = ["decided", "approved", "refused"] as const;
const approvalsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/approvals",
  validateSearch: (search): { state?: (typeof STATES)[number] | undefined; store?: string | undefined } => ({
    state: STATES.find((state) => state === search["state"]),
    store: text(search["store"]),
  }),
  component: ApprovalsPage,
});
const limitsRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/limits", component: LimitsPage });
const expiringRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/expiring",
  validateSearch: (search): { days?: number | undefined; on?: string | undefined } => {
    const days = Number(search["days"]);
    return { days: Number.isInteger(days) && days >= 1 && days <= 366 ? days : undefined, on: day(search["on"]) };
  },
  component: ExpiringPage,
});
const offlineRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/offline",
  validateSearch: (search): OfflineSearch => ({
    first: day(search["first"]),
    last: day(search["last"]),
    store: text(search["store"]),
    owed: search["owed"] === true ? true : undefined,
  }),
  component: OfflinePage,
});
const reservationsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/reservations",
  validateSearch: (search): { store?: string; from?: string; booking?: string } => {
    const from = text(search["from"]);
    return {
      store: text(search["store"]),
      from: from !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(from) ? from : undefined,
      booking: text(search["booking"]),
    };
  },
  component: ReservationsPage,
});
const reservationSettingsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/reservation-settings",
  validateSearch: (search): { store?: string } => ({ store: text(search["store"]) }),
  component: ReservationSettingsPage,
});
const benefitsRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/benefits", component: BenefitsPage });
const campaignsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/campaigns",
  validateSearch: (search): CampaignsSearch => ({
    state: CAMPAIGN_STATES.find((state) => state === search["state"]),
    find: text(search["find"]),
  }),
  component: CampaignsPage,
});
const campaignCalendarRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/campaigns/_calendar",
  validateSearch: (search): { from?: string | undefined; sample?: number | undefined } => {
    const from = text(search["from"]);
    const sample = Number(search["sample"]);
    return {
      from: from !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(from) ? from : undefined,
      sample: Number.isInteger(sample) && sample >= 1 && sample <= 1_000_000 ? sample : undefined,
    };
  },
  component: CampaignCalendarPage,
});
const campaignRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/campaigns/$code",
  component: CampaignPage,
});
const campaignEditRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/campaigns/$code/edit",
  component: EditCampaignPage,
});
const campaignNewRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/campaigns/_new",
  component: NewCampaignPage,
});
const RANK_TABS = ["evaluations", "history"] as const;
const ranksRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/ranks",
  validateSearch: (search): { tab?: (typeof RANK_TABS)[number] | undefined } => ({
    tab: RANK_TABS.find((tab) => tab === search["tab"]),
  }),
  component: RanksPage,
});
const ladderRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/ranks/_edit", component: EditLadderPage });
const rankMembersRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/ranks/$code", component: RankMembersPage });
const draftsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/drafts",
  validateSearch: (search): { state?: DraftState | undefined } => ({
    state: DRAFT_STATES.find((state) => state === search["state"]),
  }),
  component: DraftsPage,
});
const draftNewRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/drafts/new",
  validateSearch: (search): { part?: Part | undefined; campaign?: string | undefined } => ({
    part: PARTS.find((part) => part === search["part"]),
    campaign: text(search["campaign"]),
  }),
  component: NewDraftPage,
});
const draftRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/drafts/$draft", component: DraftPage });
const backtestRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/drafts/$draft/backtests/$backtest",
  component: BacktestPage,
});
const draftEditRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: "/drafts/$draft/edit",
  component: EditDraftPage,
});
const referralsRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/referrals", component: ReferralsPage });
const unknownRoute = createRoute({ getParentRoute: () => layoutRoute, path: "$", component: NotFound });
const auditRoute = createRoute({ getParentRoute: () => layoutRoute, path: "/audit", component: AuditList });

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    loginRoute,
    layoutRoute.addChildren([
      homeRoute,
      customersRoute,
      customerRoute,
      programRoute,
      approvalsRoute,
      expiringRoute,
      offlineRoute,
      limitsRoute,
      accountingRoute,
      benefitsRoute,
      referralsRoute,
      ranksRoute,
      ladderRoute,
      rankMembersRoute,
      campaignsRoute,
      campaignCalendarRoute,
      campaignNewRoute,
      campaignRoute,
      campaignEditRoute,
      draftsRoute,
      draftNewRoute,
      draftRoute,
      backtestRoute,
      draftEditRoute,
      auditRoute,
      reservationsRoute,
      reservationSettingsRoute,
      unknownRoute,
    ]),
  ]),
  basepath: "/console",
  scrollRestoration: true,
  defaultPendingMs: 300,
});

/** Where to go after the log-in: an address inside the console, whatever was asked for. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith("/login") ? next : "/";
}

whenSessionIsLost((code) => {
  queryClient.setQueryData(sessionQuery.queryKey, null);
  const { href, pathname } = router.state.location;
  if (pathname === "/login" || pathname === "/console/login") return;
  void router.navigate({
    to: "/login",
    search: { next: href, expired: code === "session-expired" ? true : undefined },
  });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
