// The pages of the console, in the groups of its menu. The menu and the palette both read this list.
import type { IconName } from "@enishi/ui/icons.tsx";
import type { Permission } from "./session.ts";

export interface NavPage {
  key: "home" | "customers" | "program" | "approvals" | "expiring" | "offline" | "limits" | "accounting" | "campaigns" | "ranks" | "drafts" | "benefitList" | "referrals" | "audit" | "reservations" | "reservationSettings";
  to: "/" | "/customers" | "/program" | "/approvals" | "/expiring" | "/offline" | "/limits" | "/accounting" | "/campaigns" | "/ranks" | "/drafts" | "/benefits" | "/referrals" | "/audit" | "/reservations" | "/reservation-settings";
  icon: IconName;
  permission: Permission;
  /** Of the whole company, so for nobody whose roles are for some stores only. */
  everywhere?: true;
}

export interface NavGroup {
  key: "points" | "settings" | "benefits" | null;
  pages: NavPage[];
}

export const NAVIGATION: NavGroup[] = [
  {
    key: null,
    pages: [
      { key: "home", to: "/", icon: "home", permission: "home.read" },
      { key: "customers", to: "/customers", icon: "customers", permission: "customers.read" },
    ],
  },
  {
    key: "points",
    pages: [
      { key: "program", to: "/program", icon: "programme", permission: "program.read" },
      { key: "approvals", to: "/approvals", icon: "approve", permission: "points.approve" },
      { key: "expiring", to: "/expiring", icon: "clock", permission: "points.read", everywhere: true },
      { key: "offline", to: "/offline", icon: "offline", permission: "points.read" },
      { key: "limits", to: "/limits", icon: "limits", permission: "points.limits", everywhere: true },
      { key: "accounting", to: "/accounting", icon: "books", permission: "accounting.read" },
    ],
  },
  {
    key: null,
    pages: [
      { key: "campaigns", to: "/campaigns", icon: "campaign", permission: "campaigns.read" },
      { key: "ranks", to: "/ranks", icon: "ladder", permission: "ranks.read" },
      { key: "drafts", to: "/drafts", icon: "history", permission: "program.read" },
    ],
  },
  {
    key: "benefits",
    pages: [
      { key: "reservations", to: "/reservations", icon: "calendar", permission: "reservations.read" },
      { key: "reservationSettings", to: "/reservation-settings", icon: "store", permission: "reservations.settings" },
      { key: "benefitList", to: "/benefits", icon: "gift", permission: "benefits.read" },
      { key: "referrals", to: "/referrals", icon: "share", permission: "referrals.read" },
    ],
  },
  { key: "settings", pages: [{ key: "audit", to: "/audit", icon: "audit", permission: "audit.read" }] },
];
