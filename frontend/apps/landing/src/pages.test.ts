import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { english } from "./english.ts";

const PAGES = ["index.html", "outbox.html"];

function wordsOf(page: string): string[] {
  const html = readFileSync(new URL(`../${page}`, import.meta.url), "utf8");
  return [...html.matchAll(/data-word="(\w+)"/g)].map(([, word]) => word ?? "");
}

it("has an English text for every text of the pages, and none besides", () => {
  expect([...new Set(PAGES.flatMap(wordsOf))].sort()).toEqual(Object.keys(english).sort());
});
