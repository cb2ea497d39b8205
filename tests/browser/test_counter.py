"""The counter as the staff use it: scan, see, explain, next; also without a network and when left alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Json, Server, client_of, identifier, recent_customers, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize

pytestmark = pytest.mark.browser

TABLET: ViewportSize = {"width": 820, "height": 1180}
LEAST_TARGET_PX = 48
SCAN_GAP_MS = 8
UNKNOWN_CARD = "2999999999999"


@pytest.fixture
def viewport() -> ViewportSize:
    return TABLET


@pytest.fixture(scope="module")
def customers(live_server: Server) -> list[Json]:
    """Those who bought lately, as head office sees them: with their identifiers in full."""
    with client_of(live_server) as head_office:
        return recent_customers(head_office)


@pytest.fixture(scope="module")
def customer(customers: list[Json]) -> Json:
    return customers[0]


@pytest.fixture
def counter(page: Page, live_server: Server) -> Page:
    """The counter's first screen, signed in as staff, reading Japanese."""
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    expect(page.get_by_role("textbox", name="会員カード番号・電話番号")).to_be_focused()
    return page


def scan(page: Page, code: str) -> None:
    """The keys of a scanner, timed inside the page: a driver's own keys come at the pace of the machine."""
    page.evaluate(
        """([code, gap]) => {
            let at = performance.now();
            for (const key of [...code, 'Enter']) {
                const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
                Object.defineProperty(event, 'timeStamp', {value: at += gap});
                document.activeElement.dispatchEvent(event);
            }
        }""",
        [code, SCAN_GAP_MS],
    )


def name_of(page: Page, customer: Json) -> Locator:
    return page.get_by_role("heading", name=f"{customer['name']} 様", level=1)


def test_a_scan_shows_who_it_is_and_what_they_can_spend(counter: Page, customer: Json) -> None:
    scan(counter, identifier(customer, "card"))

    expect(name_of(counter, customer)).to_be_visible()
    points = counter.get_by_role("region", name="利用できるポイント")
    expect(points).to_contain_text(f"{customer['balance']['available']:,}pt")
    expect(points).to_contain_text(f"{customer['balance']['next_expiry']['points']:,}pt が失効します")
    expect(counter.get_by_text(identifier(customer, "card"))).to_have_count(0)


def test_a_scan_is_taken_wherever_the_focus_is(counter: Page, customers: list[Json]) -> None:
    first, second = customers[:2]
    scan(counter, identifier(first, "card"))
    expect(name_of(counter, first)).to_be_visible()

    counter.get_by_role("button", name="有効期限の内訳").focus()
    scan(counter, identifier(second, "card"))

    expect(name_of(counter, second)).to_be_visible()
    counter.go_back()
    expect(counter.get_by_role("heading", name="お客様を確認")).to_be_visible()


def test_a_phone_number_is_typed_on_the_keypad(counter: Page, customer: Json) -> None:
    number = identifier(customer, "phone").replace("+81", "0")
    keypad = counter.get_by_role("group", name="テンキー")
    for digit in [*number, "0"]:
        keypad.get_by_role("button", name=digit, exact=True).click()
    keypad.get_by_role("button", name="1文字消す").click()
    expect(counter.get_by_role("textbox")).to_have_value(number)
    keypad.get_by_role("button", name="確認する").click()

    expect(name_of(counter, customer)).to_be_visible()
    assert number not in counter.url


def test_an_unknown_card_says_what_to_try_next(counter: Page) -> None:
    scan(counter, UNKNOWN_CARD)

    expect(counter.get_by_text("一致するお客様がいません")).to_be_visible()
    expect(counter.get_by_text("別の番号", exact=False)).to_be_visible()


def test_every_movement_of_the_last_visits_answers_why(counter: Page, customer: Json) -> None:
    scan(counter, identifier(customer, "card"))
    visits = counter.get_by_role("listitem").filter(has=counter.get_by_role("button", name=re.compile("の理由を見る")))
    visits.first.get_by_role("button").first.click()

    panel = counter.get_by_role("dialog", name="ポイントの理由")
    expect(panel).to_contain_text("計算")
    expect(panel).to_contain_text("適用された制度")
    counter.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_next_customer_starts_from_an_empty_screen(counter: Page, customer: Json) -> None:
    scan(counter, identifier(customer, "card"))
    expect(name_of(counter, customer)).to_be_visible()
    counter.get_by_role("button", name="次のお客様").click()

    expect(counter.get_by_role("textbox")).to_have_value("")
    counter.go_forward()
    expect(counter.get_by_text(customer["name"])).to_have_count(0)


def test_everything_to_touch_is_large_enough(counter: Page, customer: Json) -> None:
    targets = """() => [...document.querySelectorAll('button, a[href], input')]
        .filter((element) => element.checkVisibility())
        .map((element) => [element.innerText || element.ariaLabel, element.getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < LEAST)
        .map(([name, box]) => `${name} ${box.width}×${box.height}`)""".replace("LEAST", str(LEAST_TARGET_PX))
    assert counter.evaluate(targets) == []
    scan(counter, identifier(customer, "card"))
    expect(name_of(counter, customer)).to_be_visible()

    assert counter.evaluate(targets) == []


def test_without_a_network_known_customers_are_shown_with_their_age(counter: Page, customers: list[Json]) -> None:
    known, unknown = customers[:2]
    scan(counter, identifier(known, "card"))
    expect(name_of(counter, known)).to_be_visible()
    counter.get_by_role("button", name="次のお客様").click()
    counter.context.set_offline(True)

    expect(counter.get_by_text("ネットワークに接続できません")).to_be_visible()
    scan(counter, identifier(known, "card"))
    expect(name_of(counter, known)).to_be_visible()
    expect(counter.get_by_text("に取得した情報です。", exact=False)).to_be_visible()
    expect(counter.get_by_role("button", name="最新にする")).to_be_disabled()

    scan(counter, identifier(unknown, "card"))
    expect(counter.get_by_text("この番号は、この端末で確認したことがありません。", exact=False)).to_be_visible()

    counter.context.set_offline(False)
    expect(counter.get_by_text("ネットワークに接続できません")).to_be_hidden()
    scan(counter, identifier(unknown, "card"))
    expect(name_of(counter, unknown)).to_be_visible()


def test_an_unattended_screen_clears_itself_after_two_minutes(page: Page, live_server: Server, customer: Json) -> None:
    page.clock.install()
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    expect(page.get_by_role("textbox")).to_be_focused()
    scan(page, identifier(customer, "card"))
    expect(name_of(page, customer)).to_be_visible()

    page.clock.run_for(110_000)
    notice = page.get_by_role("alertdialog", name="まもなく画面を消去します")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="表示を続ける").click()
    expect(notice).to_be_hidden()
    page.clock.run_for(110_000)
    expect(name_of(page, customer)).to_be_visible()
    page.clock.run_for(11_000)

    expect(page.get_by_role("heading", name="お客様を確認")).to_be_visible()
    expect(page.get_by_text(customer["name"])).to_have_count(0)


def test_a_role_without_the_counter_is_told_so(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "auditor")
    page.goto(f"{live_server.url}/counter/")

    expect(page.get_by_role("alert")).to_contain_text("この役割では店頭画面を使えません。")


def test_signing_in_and_out_with_one_tap(page: Page, live_server: Server) -> None:
    page.goto(f"{live_server.url}/counter/")
    page.get_by_role("button", name="店舗スタッフ staff").click()
    expect(page.get_by_role("heading", name="お客様を確認")).to_be_visible()

    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", name="店頭画面にログイン")).to_be_visible()


def test_the_counter_speaks_english(counter: Page, customer: Json) -> None:
    counter.get_by_role("button", name="English").click()
    expect(counter.get_by_role("heading", name="Look up a customer")).to_be_visible()
    scan(counter, identifier(customer, "card"))

    expect(counter.get_by_role("heading", name="Recent visits")).to_be_visible()
    assert counter.locator("html").get_attribute("lang") == "en"
