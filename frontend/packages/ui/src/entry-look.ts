// How an entry of the points journal looks in a list: its icon, and whether points came, went or were put right.
import type { Entry } from "@enishi/api/types.ts";
import type { IconName } from "./icons.tsx";

export type EntryTone = "earn" | "spend" | "correct" | "wait";

const LOOKS: Record<Entry["type"], { icon: IconName; tone: EntryTone }> = {
  earn: { icon: "earn", tone: "earn" },
  spend: { icon: "spend", tone: "spend" },
  take_back: { icon: "undo", tone: "correct" },
  give_back: { icon: "undo", tone: "earn" },
  expire: { icon: "clock", tone: "spend" },
  reinstate: { icon: "history", tone: "earn" },
  hold: { icon: "clock", tone: "wait" },
  release: { icon: "undo", tone: "earn" },
  adjust: { icon: "points", tone: "correct" },
  transfer_out: { icon: "customers", tone: "spend" },
  transfer_in: { icon: "customers", tone: "earn" },
  merge_out: { icon: "customers", tone: "correct" },
  merge_in: { icon: "customers", tone: "correct" },
};

export function lookOf(type: Entry["type"]): { icon: IconName; tone: EntryTone } {
  return LOOKS[type];
}
