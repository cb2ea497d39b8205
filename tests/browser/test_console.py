"""The console as head office works with it: in, to a customer by any identifier, to the reason of every point, out."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser

COOKIE = "enishi_session"
OURS = {"X-Enishi-Request": "1", "Accept-Language": "ja"}

Json = dict[str, Any]


class Server(Protocol):
    """What these tests need of the running demo."""

    url: str

    def login(self, role: str) -> Json: ...


@pytest.fixture(scope="module")
def head_office(live_server: Server) -> Iterator[httpx.Client]:
    """The owner's view of the data, without pages."""
    with httpx.Client(base_url=live_server.url, headers=OURS) as client:
        client.post("/api/session", json=credentials(live_server, "owner")).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def customer(head_office: httpx.Client) -> Json:
    """One who earned and spent, as the API tells it."""
    recent = head_office.get("/api/console/home").json()["recent"]
    for customer_id in dict.fromkeys(sale["customer"]["customer_id"] for sale in recent if sale["customer"]):
        found = head_office.get(f"/api/console/customers/{customer_id}").json()
        if any(entry["points"] < 0 for entry in points_of(head_office, customer_id)):
            return found
    pytest.fail("nobody in the seeded data spent points")


def credentials(live_server: Server, role: str) -> Json:
    login = live_server.login(role)
    return {"login": login["login"], "password": login["password"]}


def points_of(client: httpx.Client, customer_id: str) -> list[Json]:
    timeline = client.get(f"/api/console/customers/{customer_id}/timeline", params={"type": "points", "limit": 100})
    return [item["entry"] for item in timeline.json()["items"]]


def identifier(customer: Json, kind: str) -> str:
    return next(held["value"] for held in customer["identifiers"] if held["kind"] == kind)


def sign_in(page: Page, live_server: Server, role: str = "owner") -> None:
    """Take up the role's session, reading Japanese. Sessions are opened once: checking a password is slow by design."""
    token = session_of(live_server.url, **credentials(live_server, role))
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": live_server.url}])
    page.context.add_init_script("localStorage['enishi.language'] ??= 'ja'")


@cache
def session_of(url: str, login: str, password: str) -> str:
    with httpx.Client(base_url=url, headers=OURS) as client:
        client.post("/api/session", json={"login": login, "password": password}).raise_for_status()
        return client.cookies[COOKIE]


def console(live_server: Server, path: str = "") -> str:
    return f"{live_server.url}/console/{path}"


def read_points(points: int) -> str:
    return f"{points:,}pt"


def read_signed(points: int) -> str:
    return f"+{points:,}pt" if points > 0 else f"−{-points:,}pt"


def test_one_tap_on_a_demo_account_opens_home(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()
    expect(page).to_have_title("ホーム | Enishi 管理画面")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(21)


def test_a_wrong_password_is_refused_in_words(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    page.get_by_label("ログインID").fill("nobody")
    page.get_by_label("パスワード", exact=True).fill("not the password")
    page.get_by_role("button", name="ログイン", exact=True).click()

    expect(page.get_by_role("alert")).to_have_text("ログインIDまたはパスワードが違います。")


def test_after_the_log_in_the_page_that_was_asked_for_opens(page: Page, live_server: Server, customer: Json) -> None:
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"type": ["points"]}


def test_a_log_in_never_leads_to_another_site(page: Page, live_server: Server) -> None:
    page.goto(console(live_server, "login?next=//example.com/console"))
    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()
    assert page.url == console(live_server)


@pytest.mark.parametrize("spelling", ["as stored", "national", "full width", "card"])
def test_any_spelling_of_an_identifier_finds_the_customer(
    page: Page, live_server: Server, customer: Json, spelling: str
) -> None:
    phone = identifier(customer, "phone")
    national = re.sub(r"^\+81(\d\d)(\d{4})(\d{4})$", r"0\1-\2-\3", phone)
    typed = {
        "as stored": phone,
        "national": national,
        "full width": national.translate(str.maketrans("0123456789-", "０１２３４５６７８９－")),
        "card": identifier(customer, "card"),
    }[spelling]
    sign_in(page, live_server)
    page.goto(console(live_server, "customers"))
    expect(page.get_by_role("searchbox")).to_be_focused()

    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    row = page.get_by_role("link", name=customer["name"])
    expect(row).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()


def test_what_is_searched_for_stays_out_of_every_address(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "customers"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    phone = identifier(customer, "phone")

    page.get_by_role("searchbox").fill(phone)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=customer["name"])).to_be_visible()

    digits = phone.removeprefix("+")
    assert [url for url in [*asked, page.url] if digits in url] == []


def test_nobody_found_says_what_to_try_next(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "customers"))
    page.get_by_role("searchbox").fill("080-9999-9999")
    page.keyboard.press("Enter")

    expect(page.get_by_text("一致する顧客がいません")).to_be_visible()
    expect(page.get_by_text("別の識別子", exact=False)).to_be_visible()


def test_the_customer_page_shows_the_balance_of_the_ledger(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))

    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()
    summary = page.locator("section", has=page.get_by_role("heading", name="利用できるポイント"))
    expect(summary.first).to_contain_text(read_points(customer["balance"]["available"]))
    expect(summary.first).to_contain_text(f"¥{customer['purchases_total_yen']:,}")
    lots = page.locator("section", has=page.get_by_role("heading", name="有効期限ごとの残高")).get_by_role("listitem")
    expect(lots).to_have_count(len(customer["balance"]["lots"]))
    expect(page.get_by_text("架空の個人情報")).to_be_visible()


def test_every_entry_answers_why_and_its_answer_can_be_shared(
    page: Page, live_server: Server, head_office: httpx.Client, customer: Json
) -> None:
    entries = points_of(head_office, customer["customer_id"])
    earned = next(entry for entry in entries if entry["points"] > 0)
    told = head_office.get(f"/api/console/entries/{earned['entry_id']}/explanation").json()
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))

    page.get_by_role("button", name=f"{read_signed(earned['points'])} の理由を見る").first.click()
    panel = page.get_by_role("dialog", name="ポイントの理由")
    expect(panel).to_contain_text(told["sentence"])
    for step in told["steps"]:
        expect(panel).to_contain_text(step["label"])
        expect(panel).to_contain_text(step["value"])
    expect(panel).to_contain_text(f"第{told['version']['version']}版")

    page.goto(page.url)
    expect(page.get_by_role("dialog", name="ポイントの理由")).to_contain_text(told["sentence"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="ポイントの理由")).to_be_hidden()
    assert "why" not in parse_qs(urlsplit(page.url).query)


def test_points_used_say_which_lots_they_came_from(
    page: Page, live_server: Server, head_office: httpx.Client, customer: Json
) -> None:
    spent = next(entry for entry in points_of(head_office, customer["customer_id"]) if entry["points"] < 0)
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?why={spent['entry_id']}"))

    panel = page.get_by_role("dialog", name="ポイントの理由")
    expect(panel).to_contain_text(read_signed(spent["points"]))
    for lot in spent["lots"]:
        expect(panel).to_contain_text(read_signed(lot["points"]))
    expect(panel).to_contain_text(read_points(spent["balance_after"]))


def test_a_receipt_opens_beside_the_page_with_lines_and_tax(
    page: Page, live_server: Server, head_office: httpx.Client, customer: Json
) -> None:
    timeline = head_office.get(f"/api/console/customers/{customer['customer_id']}/timeline?type=purchases").json()
    newest = timeline["items"][0]["purchase"]
    detail = head_office.get(f"/api/console/purchases/{newest['purchase_id']}").json()
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))

    page.get_by_role("button", name=f"¥{newest['total_yen']:,} {newest['store']['name']}").first.click()

    drawer = page.get_by_role("dialog", name="レシート")
    expect(drawer.locator("tbody").get_by_role("row")).to_have_count(len(detail["lines"]))
    expect(drawer.locator("tfoot")).to_contain_text(f"¥{detail['total_yen']:,}")
    for tax in detail["taxes"]:
        expect(drawer).to_contain_text(f"{tax['rate_percent']}%対象")
        expect(drawer).to_contain_text(f"¥{tax['tax_yen']:,}")
    assert parse_qs(urlsplit(page.url).query)["receipt"] == [newest["purchase_id"]]


def test_the_history_is_filtered_in_the_address_and_grows_by_pages(
    page: Page, live_server: Server, customer: Json
) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    history = page.locator("section", has=page.get_by_role("heading", name="購買とポイントの履歴")).first
    page.get_by_role("radiogroup", name="表示する履歴").get_by_text("レシート").click()
    expect(page).to_have_url(re.compile(r"\?type=purchases$"))

    rows = history.locator("li")
    expect(rows).to_have_count(min(20, customer["purchases_count"]))
    while (more := history.get_by_role("button", name="もっと見る")).is_visible():
        before = rows.count()
        more.click()
        expect(rows.nth(before)).to_be_visible()
    expect(rows).to_have_count(customer["purchases_count"])
    expect(history.get_by_text("これより前の履歴はありません。")).to_be_visible()


def test_the_history_is_saved_as_csv(page: Page, live_server: Server, customer: Json, tmp_path: Path) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=purchases"))
    with page.expect_download() as started:
        page.get_by_role("link", name="CSVで保存").click()
    file = tmp_path / "history.csv"
    started.value.save_as(file)

    assert len(file.read_text("utf-8-sig").splitlines()) > customer["purchases_count"]


def test_an_auditor_sees_masked_identifiers_and_no_export(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server, "auditor")
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))

    expect(page.get_by_text("一部を伏せて表示しています。")).to_be_visible()
    expect(page.get_by_text(identifier(customer, "card"))).to_have_count(0)
    expect(page.get_by_role("link", name="CSVで保存")).to_have_count(0)


def test_the_menu_has_only_pages_that_the_role_may_open(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server))
    menu = page.get_by_role("navigation", name="メインメニュー")
    expect(menu.get_by_role("link")).to_have_text(["ホーム", "顧客", "ポイント制度"])

    page.goto(console(live_server, "audit"))
    expect(page.get_by_role("alert")).to_contain_text("この画面を見る権限がありません。")


def test_the_palette_finds_a_customer_by_keyboard_alone(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server))
    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()

    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("顧客・画面を検索")).to_be_focused()
    page.keyboard.type(identifier(customer, "card"))
    expect(page.locator("[data-action]", has_text=customer["name"])).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()


def test_the_palette_finds_pages_with_the_arrow_keys(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server))
    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_placeholder("顧客・画面を検索")).to_be_focused()
    page.keyboard.type("ポイント")
    expect(page.locator("[data-action]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="ポイント制度", level=1)).to_be_visible()


def test_the_programme_reads_in_plain_words(page: Page, live_server: Server, head_office: httpx.Client) -> None:
    current = head_office.get("/api/console/program").json()["current"]
    sign_in(page, live_server)
    page.goto(console(live_server, "program"))

    for sentence in current["sentences"]:
        expect(page.get_by_text(sentence, exact=True)).to_be_visible()
    unit = current["settings"]["earning"]
    expect(page.get_by_text(f"¥{unit['unit_yen']:,} ごとに {unit['points_per_unit']}pt")).to_be_visible()


def test_the_audit_log_names_who_looked_at_whom(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()

    page.goto(console(live_server, "audit"))

    expect(page.get_by_text("改ざんは見つかっていません。", exact=False)).to_be_visible()
    newest = page.get_by_role("row").filter(has_text="顧客ページを閲覧").first
    expect(newest).to_contain_text("owner")
    expect(newest.get_by_role("link")).to_have_attribute("href", re.compile(customer["customer_id"]))


def test_the_language_changes_in_place_and_is_kept(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))
    expect(page.get_by_text("税抜", exact=False).first).to_be_visible()

    page.get_by_role("radiogroup", name="言語").get_by_text("English").click()

    expect(page.get_by_role("heading", name="Purchases and points")).to_be_visible()
    expect(page.get_by_text("税抜", exact=False)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Purchases and points")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_session_that_ends_leads_to_the_log_in_and_back(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "program"))
    expect(page.get_by_role("heading", name="ポイント制度", level=1)).to_be_visible()
    page.context.clear_cookies()

    page.get_by_role("link", name="監査ログ").click()
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()
    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="監査ログ", level=1)).to_be_visible()


def test_signing_out_closes_every_page(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    page.get_by_role("button", name="オーナー owner").click()
    page.get_by_role("button", name=re.compile("^アカウント")).click()
    page.get_by_role("menuitem", name="ログアウト").click()
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.goto(console(live_server, "customers"))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()


def test_a_failure_says_that_nothing_changed_and_can_be_retried(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.route("**/api/console/program", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    page.goto(console(live_server, "program"))

    failure = page.get_by_role("alert")
    expect(failure).to_contain_text("サーバーで問題が発生しました。")
    expect(failure).to_contain_text("データは変更されていません。")
    page.unroute("**/api/console/program")
    failure.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_role("heading", name="変更履歴")).to_be_visible()


def test_an_unknown_address_keeps_the_menu(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "no/such/page"))

    expect(page.get_by_text("ページが見つかりません")).to_be_visible()
    expect(page.get_by_role("navigation", name="メインメニュー")).to_be_visible()


UNNAMED_CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, select, [role=button]')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !(element.innerText?.trim() || element.ariaLabel || element.title || element.labels?.length))
    .map((element) => element.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 800}, {"width": 820, "height": 1180}, {"width": 390, "height": 844}]
)
@pytest.mark.parametrize("path", ["", "customers", "customers/{customer}", "program", "audit"])
def test_pages_fit_the_screen_name_their_controls_and_break_no_policy(
    page: Page, live_server: Server, customer: Json, path: str, viewport: ViewportSize
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, live_server)
    page.goto(console(live_server, path.format(customer=customer["customer_id"])))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.evaluate(UNNAMED_CONTROLS) == []
    assert complaints == []
