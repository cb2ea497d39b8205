"""My page as a member meets it: log-in by code, card, points, history, and why each point is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
OURS = {"X-Enishi-Request": "1", "Accept-Language": "ja"}
COOKIE = "enishi_member"
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
SCRIPT_BYTES_MAX = 200_000

Json = dict[str, Any]


class Server(Protocol):
    """What these tests need of the running demo."""

    url: str

    def login(self, role: str) -> Json: ...


@pytest.fixture
def viewport() -> ViewportSize:
    """A phone's screen."""
    return PHONE


@pytest.fixture(scope="module")
def operator(live_server: Server) -> Iterator[httpx.Client]:
    """Head office, which knows what a member should see."""
    with httpx.Client(base_url=live_server.url, headers=OURS) as client:
        owner = live_server.login("owner")
        client.post("/api/session", json={name: owner[name] for name in ("login", "password")}).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def members(operator: httpx.Client) -> list[Json]:
    """Those who bought lately, the longest history first: their customer pages in the console."""
    recent = operator.get("/api/console/home").json()["recent"]
    customer_ids = {sale["customer"]["customer_id"] for sale in recent if sale["customer"]}
    customers = [operator.get(f"/api/console/customers/{customer_id}").json() for customer_id in customer_ids]
    return sorted(customers, key=lambda customer: customer["purchases_count"], reverse=True)


@pytest.fixture(scope="module")
def member(members: list[Json]) -> Json:
    return members[0]


@pytest.fixture(scope="module")
def phone_number(member: Json) -> str:
    return phone_number_of(member)


@pytest.fixture(scope="module")
def other_phone_number(members: list[Json]) -> str:
    """Another member's: one contact is sent a few codes an hour and no more."""
    return phone_number_of(members[1])


@pytest.fixture(scope="module")
def history(operator: httpx.Client, member: Json) -> list[Json]:
    """The member's whole timeline, newest first."""
    items: list[Json] = []
    query: dict[str, str | int] = {"limit": 100}
    while True:
        part = operator.get(f"/api/console/customers/{member['customer_id']}/timeline", params=query).json()
        items += part["items"]
        if part["next_cursor"] is None:
            return items
        query["cursor"] = part["next_cursor"]


@pytest.fixture(scope="module")
def member_token(live_server: Server, phone_number: str) -> str:
    """A member's session, opened once: codes are limited to a few an hour."""
    with httpx.Client(base_url=live_server.url, headers=OURS) as client:
        client.post("/api/my/codes", json={"value": phone_number}).raise_for_status()
        code = newest_code(client)
        client.post("/api/my/session", json={"value": phone_number, "code": code}).raise_for_status()
        return client.cookies[COOKIE]


@pytest.fixture
def visitor(page: Page, live_server: Server) -> Page:
    """A phone that nobody has signed in on, reading Japanese."""
    page.goto(f"{live_server.url}/")
    page.evaluate("localStorage.setItem('enishi.language', 'ja')")
    return page


@pytest.fixture
def home(visitor: Page, live_server: Server, member_token: str) -> Page:
    """My page of a member who is signed in."""
    visitor.context.add_cookies([{"name": COOKIE, "value": member_token, "url": live_server.url}])
    visitor.goto(f"{live_server.url}/my/")
    expect(card_of(visitor)).to_be_visible()
    expect(rows_of(visitor).first).to_be_visible()
    return visitor


def phone_number_of(customer: Json) -> str:
    return next(held["value"] for held in customer["identifiers"] if held["kind"] == "phone")


def newest_code(client: httpx.Client) -> str:
    found = CODE.search(client.get("/api/demo/outbox").json()["messages"][0]["body"])
    assert found is not None
    return found[0]


def card_of(page: Page) -> Locator:
    return page.get_by_role("region", name="会員証")


def rows_of(page: Page) -> Locator:
    return page.get_by_role("region", name="ご利用履歴").get_by_role("listitem")


def ask_for_code(page: Page, phone_number: str) -> None:
    page.get_by_label("電話番号", exact=True).last.fill(phone_number)
    page.get_by_role("button", name="認証コードを送る").click()
    expect(page.get_by_role("heading", name="認証コードの入力")).to_be_visible()


def read_code_in_outbox(context: BrowserContext, live_server: Server) -> str:
    outbox = context.new_page()
    outbox.goto(f"{live_server.url}/outbox")
    code = outbox.locator("#messages li").first.locator(".value").inner_text()
    outbox.close()
    return code


def points(amount: int) -> str:
    return f"{amount:,}pt" if amount >= 0 else f"−{-amount:,}pt"


def signed(amount: int) -> str:
    return f"+{amount:,}pt" if amount > 0 else points(amount)


def test_a_member_logs_in_with_the_code_from_the_outbox(
    visitor: Page, live_server: Server, member: Json, phone_number: str
) -> None:
    visitor.goto(f"{live_server.url}/my/")
    ask_for_code(visitor, f"0{phone_number.removeprefix('+81')}")
    expect(visitor.get_by_label("認証コード")).to_be_focused()

    code = read_code_in_outbox(visitor.context, live_server)
    visitor.get_by_label("認証コード").fill(f"{code[:3]} {code[3:]}")

    expect(visitor.get_by_text(f"{member['name']} 様")).to_be_visible()
    expect(visitor).to_have_url(f"{live_server.url}/my/")


def test_a_wrong_code_is_refused_and_the_field_waits_for_another(
    visitor: Page, live_server: Server, other_phone_number: str
) -> None:
    visitor.goto(f"{live_server.url}/my/login")
    ask_for_code(visitor, other_phone_number)
    code = read_code_in_outbox(visitor.context, live_server)
    visitor.get_by_label("認証コード").fill(f"{(int(code) + 1) % 1_000_000:06}")

    expect(visitor.get_by_role("alert")).to_contain_text("コードが一致しないか、有効期限が切れています。")
    expect(visitor.get_by_label("認証コード")).to_have_value("")
    expect(visitor.get_by_label("認証コード")).to_be_focused()


def test_an_address_asked_for_before_the_log_in_opens_after_it(
    visitor: Page, live_server: Server, phone_number: str
) -> None:
    visitor.goto(f"{live_server.url}/my/expiry")
    expect(visitor).to_have_url(f"{live_server.url}/my/login")
    ask_for_code(visitor, phone_number)
    visitor.get_by_label("認証コード").fill(read_code_in_outbox(visitor.context, live_server))

    expect(visitor.get_by_role("dialog", name="有効期限の内訳")).to_be_visible()
    expect(visitor).to_have_url(f"{live_server.url}/my/expiry")


def test_what_is_no_contact_is_refused_beside_the_field(visitor: Page, live_server: Server) -> None:
    visitor.goto(f"{live_server.url}/my/login")
    send = visitor.get_by_role("button", name="認証コードを送る")
    send.click()
    expect(visitor.get_by_role("alert")).to_have_text("電話番号を入力してください。")
    visitor.get_by_label("電話番号", exact=True).last.fill("abc")
    send.click()
    expect(visitor.get_by_role("alert")).to_have_text("入力内容をお確かめください。")


def test_the_first_screen_holds_card_points_and_expiry_without_scrolling(home: Page, member: Json) -> None:
    balance = member["balance"]
    expect(card_of(home).get_by_role("img")).to_be_visible()
    available = home.get_by_role("region", name="利用可能ポイント")
    expect(available).to_contain_text(f"{balance['available']:,}")
    expect(available.get_by_role("definition").first).to_have_text(points(balance["regular"]))
    expect(available.get_by_role("definition").last).to_have_text(points(balance["limited"]))
    soonest = available.get_by_role("button")
    expect(soonest).to_contain_text(points(balance["next_expiry"]["points"]))
    for part in (card_of(home), available, soonest):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"]
    assert home.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_card_shows_its_number_as_barcode_or_qr(home: Page, member: Json) -> None:
    number = next(held["value"] for held in member["identifiers"] if held["kind"] == "card")
    expect(home.get_by_role("img", name=f"会員番号 {number} のバーコード")).to_be_visible()
    home.get_by_role("button", name="QR", exact=True).click()
    expect(home.get_by_role("img", name=f"会員番号 {number} のQRコード")).to_be_visible()
    expect(home.get_by_role("img", name=f"会員番号 {number} のバーコード")).to_have_count(0)


def test_the_card_is_held_out_large_and_the_back_button_puts_it_away(home: Page, member: Json) -> None:
    home.get_by_role("button", name="会員証を大きく表示").click()
    held_out = home.get_by_role("dialog", name="レジでこの画面をご提示ください")
    expect(held_out.get_by_role("img")).to_have_count(2)
    expect(held_out).to_contain_text(points(member["balance"]["available"]))
    expect(home).to_have_title(re.compile("^会員証"))
    home.go_back()
    expect(held_out).to_have_count(0)


def test_every_entry_says_why_and_leads_to_its_receipt(home: Page, operator: httpx.Client, history: list[Json]) -> None:
    sale = next(item for item in history if item["item"] == "purchase" and item["entries"])
    entry = max(sale["entries"], key=lambda entry: entry["points"])
    told = operator.get(f"/api/console/entries/{entry['entry_id']}/explanation").json()
    row = rows_of(home).nth(history.index(sale))
    row.get_by_role("button", name=f"{signed(entry['points'])} の理由を見る").click()

    why = home.get_by_role("dialog", name="ポイントの理由")
    expect(why).to_contain_text(told["sentence"])
    for step in told["steps"]:
        expect(why).to_contain_text(step["value"])
    if told["version"] is not None:
        expect(why).to_contain_text(told["version"]["name"])
        expect(why).not_to_contain_text(told["version"]["author"])

    why.get_by_role("button", name="レシートを見る").click()
    receipt = home.get_by_role("dialog", name="購入の明細")
    expect(receipt.get_by_role("listitem")).to_have_count(sale["purchase"]["lines_count"])
    expect(receipt).to_contain_text(f"¥{sale['purchase']['total_yen']:,}")
    home.go_back()
    expect(why).to_be_visible()
    home.keyboard.press("Escape")
    expect(home.get_by_role("dialog")).to_have_count(0)


def test_the_history_comes_page_by_page_to_its_end(home: Page, history: list[Json]) -> None:
    assert len(history) > 20
    expect(rows_of(home)).to_have_count(20)
    more = home.get_by_role("button", name="もっと見る")
    for shown in range(40, len(history) + 20, 20):
        more.click()
        expect(rows_of(home)).to_have_count(min(shown, len(history)))
    expect(more).to_have_count(0)
    expect(home.get_by_text("履歴は以上です")).to_be_visible()


def test_english_is_chosen_once_and_kept(home: Page) -> None:
    home.get_by_role("button", name="メニュー").click()
    home.get_by_role("button", name="English").click()
    expect(home.get_by_role("dialog", name="Menu")).to_be_visible()
    home.goto(home.url.removesuffix("menu"))
    expect(home.get_by_role("region", name="Points available")).to_be_visible()
    expect(home.get_by_role("heading", name="History")).to_be_visible()
    assert home.evaluate("document.documentElement.lang") == "en"
    home.get_by_role("button", name=re.compile("See why")).first.click()
    expect(home.get_by_role("dialog", name="Why these points")).to_contain_text("pt")


def test_without_a_connection_the_card_stays_and_says_how_old_it_is(home: Page) -> None:
    home.context.set_offline(True)
    expect(home.get_by_role("status").filter(has_text="オフラインです。")).to_be_visible()
    expect(card_of(home)).to_be_visible()
    home.get_by_role("button", name=re.compile("の理由を見る")).first.click()
    why = home.get_by_role("dialog", name="ポイントの理由")
    expect(why).to_contain_text("つながると自動で読み込みます。")
    home.context.set_offline(False)
    expect(why).to_contain_text("計算")


def test_a_failing_server_is_told_and_another_try_is_offered(home: Page, live_server: Server) -> None:
    # The pattern is fulfilled in the browser: the server stays whole for the other tests.
    home.route("**/api/my/history*", lambda route: route.fulfill(status=503, body=""))
    home.goto(f"{live_server.url}/my/")
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("履歴を読み込めませんでした")
    expect(alert).to_contain_text("ポイントや登録内容は変わっていません。")
    expect(card_of(home)).to_be_visible()
    home.unroute("**/api/my/history*")
    alert.get_by_role("button", name="もう一度試す").click()
    expect(rows_of(home).first).to_be_visible()


def test_signing_out_leaves_nothing_behind(visitor: Page, live_server: Server, phone_number: str, member: Json) -> None:
    visitor.goto(f"{live_server.url}/my/")
    ask_for_code(visitor, phone_number)
    visitor.get_by_label("認証コード").fill(read_code_in_outbox(visitor.context, live_server))
    visitor.get_by_role("button", name="メニュー").click()
    visitor.get_by_role("button", name="ログアウト").click()

    expect(visitor.get_by_text("ログアウトしました。")).to_be_visible()
    visitor.goto(f"{live_server.url}/my/")
    expect(visitor).to_have_url(f"{live_server.url}/my/login")
    expect(visitor.get_by_text(member["name"])).to_have_count(0)
    assert COOKIE not in {cookie.get("name") for cookie in visitor.context.cookies()}


def test_the_first_load_is_light_and_breaks_no_rule_of_the_page(visitor: Page, live_server: Server) -> None:
    complaints: list[str] = []
    visitor.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    visitor.on("pageerror", lambda error: complaints.append(str(error)))
    visitor.goto(f"{live_server.url}/my/login")
    expect(visitor.get_by_role("heading", name="ログイン")).to_be_visible()
    resources = visitor.evaluate(
        "performance.getEntriesByType('resource').map(({name, encodedBodySize}) => [name, encodedBodySize])"
    )
    scripts = [size for name, size in resources if name.endswith(".js")]
    assert 0 < sum(scripts) < SCRIPT_BYTES_MAX
    assert [name for name, _ in resources if ".woff" in name] == []
    assert complaints == []


def test_the_landing_page_leads_to_every_face(visitor: Page, live_server: Server) -> None:
    # What only a demo has comes once the page knows that it is one.
    expect(visitor.get_by_role("cell", name=live_server.login("owner")["password"])).to_be_visible()
    expect(visitor.get_by_role("main").locator("a[href='/outbox']")).to_be_visible()
    links = [link.get_attribute("href") for link in visitor.get_by_role("main").get_by_role("link").all()]
    assert {"/console/", "/counter/", "/my/", "/v1/docs", "/outbox"} <= set(links)
    visitor.get_by_role("button", name="English").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("One customer, one ledger, one timeline.")
    visitor.reload()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("One customer, one ledger, one timeline.")


def test_the_outbox_shows_new_messages_by_itself_and_no_whole_contact(
    visitor: Page, live_server: Server, other_phone_number: str
) -> None:
    visitor.goto(f"{live_server.url}/outbox")
    with httpx.Client(base_url=live_server.url, headers=OURS) as client:
        client.post("/api/my/codes", json={"value": other_phone_number}).raise_for_status()
        code = newest_code(client)
    expect(visitor.locator("#messages li").first.locator(".value")).to_have_text(code)
    assert other_phone_number.removeprefix("+81") not in visitor.get_by_role("main").inner_text().replace("-", "")
