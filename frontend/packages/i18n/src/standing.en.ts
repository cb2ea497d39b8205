import type { counterStandingJa, mypageStandingJa, standingJa } from "./standing.ja.ts";
import type { SameTexts } from "./start.ts";

export const standingEn: SameTexts<typeof standingJa> = {
  title: "Apart from the points that can be used",
  pending: "Pending points",
  pendingLead: "Earned, and not usable yet. They become usable by themselves once the condition is met.",
  held: "On hold",
  heldLead: "Set aside for a checkout, so that nothing else can be paid with them.",
  heldUntil: "Put back by themselves at {{time}} unless they are used.",
  otherStore: "A checkout of another store.",
  owed: "Points short",
  receipt: "{{date}}, {{store}}, {{amount}}",
  why: "Why? How {{points}} came about",
};

export const counterStandingEn: SameTexts<typeof counterStandingJa> = {
  frozen: "Using points is stopped",
  frozenLead: "Since {{date}}, while somebody looks into it. Points can be earned and not used. Please ask head office.",
  movements: "What moved points besides receipts",
};

export const mypageStandingEn: SameTexts<typeof mypageStandingJa> = {
  title: "Pending and on hold",
  open: "{{name}}: details of {{points}}",
  frozen: "Using your points is stopped at the moment. If you do not know why, please ask in the shop.",
  none: "Nothing is pending or on hold.",
};
