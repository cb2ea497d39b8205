"""The console: to a customer by any identifier, and to the reason of every point."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import expect
from tests.browser.operators import Json, Server, client_of, console, identifier, points_of, sign_in, someone_who_spent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def head_office(live_server: Server) -> Iterator[httpx.Client]:
    """The owner's view of the data, without pages."""
    with client_of(live_server) as client:
        yield client


@pytest.fixture(scope="module")
def customer(head_office: httpx.Client) -> Json:
    """One who earned and spent, as the API tells it."""
    return someone_who_spent(head_office)


def read_points(points: int) -> str:
    return f"{points:,}pt"


def read_signed(points: int) -> str:
    return f"+{points:,}pt" if points > 0 else f"−{-points:,}pt"


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


def test_a_receipt_from_the_till_appears_on_home_by_itself(
    page: Page, live_server: Server, head_office: httpx.Client, customer: Json
) -> None:
    store = head_office.get("/api/console/home").json()["recent"][0]["purchase"]["store"]
    sign_in(page, live_server)
    page.goto(console(live_server))
    expect(page.get_by_text("今日のレシートはまだありません。", exact=False)).to_be_visible()

    receipt = {
        "source": "till",
        "external_id": "R-1",
        "channel": "pos",
        "store": store["code"],
        "occurred_at": datetime.now(ZoneInfo("Asia/Tokyo")).isoformat(timespec="seconds"),
        "identifiers": [{"kind": "card", "value": identifier(customer, "card")}],
        "lines": [{"sku": "4901234567894", "quantity": 2, "unit_price_yen": 55_000}],
        "payments": [{"method": "cash", "amount_yen": 110_000}],
    }
    key = live_server.login("api_key")["password"]
    answer = httpx.post(f"{live_server.url}/v1/purchases", json=receipt, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text

    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text(customer["name"])
    expect(newest).to_contain_text("¥110,000")
    # The programme's 1,000 points, and what the demo's campaigns give on the day of the test besides.
    expect(newest).to_contain_text(f"+{answer.json()['points']['earned']:,}pt")
    assert answer.json()["points"]["earned"] >= 1_000
    expect(page.get_by_role("region", name="今日")).to_contain_text("¥110,000")
