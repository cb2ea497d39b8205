/** Ranks as every face shows them: the way to the next, keeping this one. */
import type { consoleRankJa, counterRankJa, mypageRankJa, ranksJa } from "./ranks.ja.ts";
import type { SameTexts } from "./start.ts";

export const ranksEn: SameTexts<typeof ranksJa> = {
  title: "Rank",
  ladder: "All ranks",
  current: "Current rank",
  next: "To become {{tier}}",
  keep: "To keep {{tier}}",
  reach: "{{way}} more for {{tier}}",
  reachKeep: "{{way}} more to keep {{tier}}",
  do: "{{way}} for {{tier}}",
  doKeep: "{{way}} to keep {{tier}}",
  join: " and ",
  either: "Any one of these",
  together: "All of these",
  or: "or {{way}}",
  until: "by {{date}}",
  held: "This rank is kept until {{date}}",
  top: "This is the highest rank",
  found: "{{found}} so far",
  done: "Done",
  drops: "What is there counts until {{date}}.",
  within: "{{found}} counted by then",
  since: "since {{date}}",
  progress: "Progress to {{tier}}",
};

export const mypageRankEn: SameTexts<typeof mypageRankJa> = {
  open: "See the conditions",
  none: "There are no ranks yet.",
};

export const counterRankEn: SameTexts<typeof counterRankJa> = {
  details: "Conditions",
};

export const consoleRankEn: SameTexts<typeof consoleRankJa> = {
  history: "Rank history",
  none: "The rank has not changed yet.",
  why: "Why?",
  looked: "As of {{date}}",
  begins: "from {{date}}",
  found: "found {{found}}",
  missed: "Missed",
  version: "Ladder version {{n}}",
  by: "by {{who}}",
  reason: "Reason: {{reason}}",
  keepUntil: "Rank until {{date}}",
};
