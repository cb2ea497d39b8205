/** The demo's outbox: what would have been sent, newest first, looked up again every two seconds. */
import { request } from "@enishi/api/client.ts";
import { formatDateTime, formatRelative, type Locale } from "@enishi/i18n/format.ts";
import { copyButton } from "./copy.ts";
import { currentLocale, startLanguage } from "./language.ts";

interface Message {
  message_id: string;
  channel: "sms" | "email";
  to: string;
  body: string;
  at: string;
}

const REFRESH_MS = 2_000;

const WORDS = {
  sms: { ja: "SMS", en: "SMS" },
  email: { ja: "メール", en: "E-mail" },
  waiting: { ja: "読み込んでいます…", en: "Loading…" },
  lost: {
    ja: "サーバーに接続できません。つながると自動で更新します。",
    en: "The server cannot be reached. This updates by itself once it can.",
  },
} as const satisfies Record<string, Record<Locale, string>>;

let messages: readonly Message[] | null = null;
let lost = false;
let drawn = "";

/** Draws what is known; a list that did not change is left alone, so that a selection or a focus stays. */
function draw(): void {
  const locale = currentLocale();
  const state = document.getElementById("state");
  const list = document.getElementById("messages");
  const empty = document.getElementById("empty");
  if (state === null || list === null || empty === null) return;
  const waiting = messages === null ? WORDS.waiting[locale] : "";
  const text = lost ? WORDS.lost[locale] : waiting;
  if (state.textContent !== text) state.textContent = text;
  state.dataset["lost"] = String(lost);
  if (messages === null) return;
  empty.hidden = messages.length > 0;
  const signature = `${locale} ${messages.map(({ message_id }) => message_id).join(" ")}`;
  if (signature !== drawn) {
    list.replaceChildren(...messages.map((message) => item(message, locale)));
    drawn = signature;
  }
  for (const time of list.querySelectorAll("time")) time.textContent = formatRelative(time.dateTime, locale);
}

function item(message: Message, locale: Locale): HTMLLIElement {
  const line = document.createElement("li");
  const head = document.createElement("p");
  head.className = "head";
  const channel = document.createElement("span");
  channel.className = "channel";
  channel.textContent = WORDS[message.channel][locale];
  const to = document.createElement("span");
  to.className = "to";
  to.textContent = message.to;
  const time = document.createElement("time");
  time.dateTime = message.at;
  time.title = formatDateTime(message.at, locale);
  head.append(channel, to, time);
  line.append(head);
  const [code] = message.body.match(/(?<!\d)\d{6}(?!\d)/) ?? [];
  if (code !== undefined) line.append(copyButton(code, locale, true));
  const body = document.createElement("p");
  body.className = "body";
  body.textContent = message.body;
  line.append(body);
  return line;
}

async function refresh(): Promise<void> {
  try {
    ({ messages } = await request<{ messages: Message[] }>("/api/demo/outbox"));
    lost = false;
  } catch {
    lost = true;
  }
  draw();
}

/** The next look follows the last answer, so that a slow server is never asked twice at once. */
async function watch(): Promise<void> {
  if (document.visibilityState === "visible") await refresh();
  window.setTimeout(() => void watch(), REFRESH_MS);
}

startLanguage(draw);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void refresh();
});
void watch();
