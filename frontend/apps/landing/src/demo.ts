/** The demo's log-ins on the landing page: who may see what, each value copied with one tap. */
import { request } from "@enishi/api/client.ts";
import type { Demo, DemoLogin } from "@enishi/api/types.ts";
import type { Locale } from "@enishi/i18n/format.ts";
import { copyButton } from "./copy.ts";

type Pair = Readonly<Record<Locale, string>>;

const FACES: Readonly<Record<string, Pair>> = {
  console: { ja: "管理画面", en: "Console" },
  counter: { ja: "店頭画面", en: "Counter" },
  my: { ja: "マイページ", en: "My page" },
};

const ROLES: Readonly<Record<string, Pair>> = {
  owner: { ja: "オーナー", en: "Owner" },
  marketer: { ja: "マーケティング担当", en: "Marketer" },
  store_manager: { ja: "店長", en: "Store manager" },
  staff: { ja: "店舗スタッフ", en: "Store staff" },
  auditor: { ja: "監査担当", en: "Auditor" },
  member: { ja: "会員", en: "Member" },
};

/** The demo's log-ins, or null where this is no demo. */
export async function readDemo(): Promise<Demo | null> {
  try {
    return await request<Demo>("/api/demo");
  } catch {
    // Outside the demo there is nothing at that address; the page is whole without it.
    return null;
  }
}

export function drawLogins(body: HTMLElement, logins: readonly DemoLogin[], locale: Locale): void {
  body.replaceChildren(...logins.filter(({ face }) => face in FACES).map((login) => row(login, locale)));
}

function row(login: DemoLogin, locale: Locale): HTMLTableRowElement {
  const line = document.createElement("tr");
  const face = document.createElement("a");
  face.href = `/${login.face}/`;
  face.textContent = FACES[login.face]?.[locale] ?? login.face;
  line.append(
    cell(face),
    cell(document.createTextNode(ROLES[login.role]?.[locale] ?? login.role)),
    cell(copyButton(login.login, locale)),
    cell(login.password === "" ? document.createTextNode("—") : copyButton(login.password, locale)),
  );
  return line;
}

function cell(content: Node): HTMLTableCellElement {
  const place = document.createElement("td");
  place.append(content);
  return place;
}
