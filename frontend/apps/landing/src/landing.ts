/** The landing page: language, and in the demo its log-ins. */
import type { Demo } from "@enishi/api/types.ts";
import { drawLogins, readDemo } from "./demo.ts";
import { currentLocale, startLanguage } from "./language.ts";

let demo: Demo | null = null;

function draw(): void {
  const section = document.getElementById("demo");
  const body = document.getElementById("logins");
  const outbox = document.getElementById("outbox");
  if (demo === null || section === null || body === null) return;
  drawLogins(body, demo.logins, currentLocale());
  outbox?.setAttribute("href", demo.outbox_url);
  section.hidden = false;
}

startLanguage(draw);
demo = await readDemo();
draw();
