// The pages of the console, in the groups of its menu. The menu and the palette both read this list.
import type { IconName } from "@enishi/ui/icons.tsx";
import type { Permission } from "./session.ts";

export interface NavPage {
  key: "home" | "customers" | "program" | "accounting" | "audit";
  to: "/" | "/customers" | "/program" | "/accounting" | "/audit";
  icon: IconName;
  permission: Permission;
}

export interface NavGroup {
  key: "points" | "settings" | null;
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
      { key: "accounting", to: "/accounting", icon: "books", permission: "accounting.read" },
    ],
  },
  { key: "settings", pages: [{ key: "audit", to: "/audit", icon: "audit", permission: "audit.read" }] },
];
