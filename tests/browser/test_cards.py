"""A lost card, at the counter and on my page: how many taps it takes, and what is on the screen after them."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect
from tests.browser.operators import OURS, Json, Server, client_of, console, identifier, recent_customers, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page, ViewportSize

pytestmark = pytest.mark.browser

TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
MEMBER_COOKIE = "enishi_member"
NUMBER = re.compile(r"28[0-9]{2} [0-9]{4} [0-9]{5}")
_PICTURES = os.environ.get("ENISHI_TEST_PICTURES")


@pytest.fixture
def viewport(request: pytest.FixtureRequest) -> ViewportSize:
    return PHONE if "member" in request.fixturenames else TABLET


@pytest.fixture(scope="module")
def head_office(live_server: Server) -> Iterator[httpx.Client]:
    with client_of(live_server) as client:
        yield client


@pytest.fixture(scope="module")
def people(head_office: httpx.Client) -> Iterator[Json]:
    """Customers, of whom each test takes another."""
    return iter(recent_customers(head_office))


@pytest.fixture
def customer(people: Iterator[Json]) -> Json:
    return next(people)


@pytest.fixture
def counter(page: Page, live_server: Server) -> Page:
    """The counter's first screen, signed in as staff."""
    sign_in(page, live_server, "staff")
    count_taps(page)
    page.goto(f"{live_server.url}/counter/")
    expect(field(page)).to_be_focused()
    return page


@pytest.fixture
def member(page: Page, live_server: Server, customer: Json) -> Page:
    """My page of a customer who is signed in."""
    phone = identifier(customer, "phone")
    with httpx.Client(base_url=live_server.url, headers=OURS) as client:
        client.post("/api/my/codes", json={"value": phone}).raise_for_status()
        code = re.search(r"(?<!\d)\d{6}(?!\d)", client.get("/api/demo/outbox").json()["messages"][0]["body"])
        assert code is not None
        client.post("/api/my/session", json={"value": phone, "code": code[0]}).raise_for_status()
        token = client.cookies[MEMBER_COOKIE]
    page.context.add_cookies([{"name": MEMBER_COOKIE, "value": token, "url": live_server.url}])
    page.context.add_init_script("localStorage['enishi.language'] ??= 'ja'")
    count_taps(page)
    page.goto(f"{live_server.url}/my/")
    expect(page.get_by_role("region", name="会員証")).to_be_visible()
    return page


def count_taps(page: Page) -> None:
    page.context.add_init_script("window.taps = 0; addEventListener('click', () => { window.taps += 1 }, true)")


def taps(page: Page) -> int:
    return page.evaluate("window.taps")


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="会員カード番号・電話番号")


def look_up(page: Page, number: str) -> None:
    field(page).fill(number)
    field(page).press("Enter")


def picture(page: Page, name: str) -> None:
    """Keep what the screen shows, for people to look at, when a folder for it is named."""
    if _PICTURES:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(_PICTURES) / f"{name}.png")


def shown_number(page: Page) -> str:
    text = page.get_by_role("dialog").get_by_text(NUMBER).inner_text()
    found = NUMBER.search(text)
    assert found is not None
    return found[0].replace(" ", "")


def cards_of(head_office: httpx.Client, customer: Json) -> list[Json]:
    return head_office.get(f"/api/console/customers/{customer['customer_id']}/cards").json()["cards"]


def balance_of(head_office: httpx.Client, customer: Json) -> int:
    return head_office.get(f"/api/console/customers/{customer['customer_id']}").json()["balance"]["available"]


def test_staff_replace_a_lost_card_with_two_taps(counter: Page, customer: Json, head_office: httpx.Client) -> None:
    before = balance_of(head_office, customer)
    look_up(counter, identifier(customer, "phone"))
    button = counter.get_by_role("button", name="カードをなくした / 再発行")
    expect(button).to_be_visible()
    picture(counter, "counter-customer")
    counted = taps(counter)

    button.click()
    picture(counter, "counter-confirm")
    counter.get_by_role("button", name="停止して再発行する").click()
    expect(counter.get_by_role("heading", name="新しい会員カード")).to_be_visible()

    assert taps(counter) - counted == 2
    number = shown_number(counter)
    for code in ("バーコード", "QRコード"):
        expect(counter.get_by_role("img", name=f"会員番号 {number} の{code}")).to_be_in_viewport()
    picture(counter, "counter-new-card")
    new, old = cards_of(head_office, customer)
    assert (new["number"], old["number"]) == (number, identifier(customer, "card"))
    assert (new["ended_at"], old["ended_reason"], old["replaced_by"]) == (None, "lost", new["card_id"])
    assert balance_of(head_office, customer) == before

    counter.get_by_role("button", name="お渡ししました").click()
    cards = counter.get_by_role("region", name="会員カード")
    expect(cards.get_by_role("listitem")).to_have_count(2)
    expect(cards).to_contain_text("利用中")
    expect(cards).to_contain_text("に停止（紛失）")
    picture(counter, "counter-after")


def test_a_card_that_was_stopped_is_not_taken_for_its_customer(
    counter: Page, customer: Json, head_office: httpx.Client, live_server: Server
) -> None:
    (card,) = cards_of(head_office, customer)
    with client_of(live_server, "staff") as staff:
        path = f"/api/counter/customers/{customer['customer_id']}/cards:reissue"
        staff.post(path, json={"card_id": card["card_id"], "reason": "stolen"}).raise_for_status()

    look_up(counter, card["number"])

    expect(counter.get_by_text(re.compile("このカードは .* に停止されています.盗難."))).to_be_visible()
    expect(counter.get_by_text("お客様には新しいカードがあります")).to_be_visible()
    expect(counter.get_by_role("region", name="利用できるポイント")).to_have_count(0)
    picture(counter, "counter-dead-card")
    counter.get_by_role("button", name=customer["name"]).click()
    expect(counter.get_by_role("heading", name=f"{customer['name']} 様", level=1)).to_be_visible()


def test_a_second_tablet_gives_the_same_new_card(
    counter: Page, customer: Json, head_office: httpx.Client, live_server: Server
) -> None:
    (card,) = cards_of(head_office, customer)
    look_up(counter, card["number"])
    counter.get_by_role("button", name="カードをなくした / 再発行").click()
    with client_of(live_server, "staff") as other:
        path = f"/api/counter/customers/{customer['customer_id']}/cards:reissue"
        first = other.post(path, json={"card_id": card["card_id"]}).json()["card"]["number"]

    counter.get_by_role("button", name="停止して再発行する").click()
    expect(counter.get_by_role("heading", name="新しい会員カード")).to_be_visible()

    assert shown_number(counter) == first
    assert len(cards_of(head_office, customer)) == 2


def test_a_member_replaces_a_lost_card_with_three_taps(member: Page, customer: Json, head_office: httpx.Client) -> None:
    before = balance_of(head_office, customer)
    old = identifier(customer, "card")

    member.get_by_role("region", name="会員証").get_by_role("button", name="会員証を大きく表示").click()
    picture(member, "my-card")
    member.get_by_role("button", name="カードをなくした・再発行する").click()
    expect(member.get_by_text("古いカードは、この場で使えなくなります。")).to_be_visible()
    picture(member, "my-confirm")
    member.get_by_role("button", name="停止して再発行する").click()

    expect(member.get_by_text("新しい会員証です。")).to_be_visible()
    assert taps(member) == 3
    number = shown_number(member)
    assert number != old
    for code in ("バーコード", "QRコード"):
        expect(member.get_by_role("dialog").get_by_role("img", name=f"会員番号 {number} の{code}")).to_be_in_viewport()
    picture(member, "my-new-card")
    new, dead = cards_of(head_office, customer)
    assert (new["number"], dead["number"], dead["ended_reason"]) == (number, old, "lost")
    assert balance_of(head_office, customer) == before
    member.get_by_role("button", name="閉じる").click()
    expect(member.get_by_role("dialog")).to_have_count(0)
    expect(member.get_by_role("region", name="会員証")).to_contain_text(number[-5:])


def test_the_demo_offers_wallets_and_says_that_they_are_a_test(
    member: Page, customer: Json, live_server: Server
) -> None:
    member.get_by_role("region", name="会員証").get_by_role("button", name="会員証を大きく表示").click()
    expect(member.get_by_text("デモ用の試験証明書で署名しています。")).to_be_visible()
    with member.expect_download() as started:
        member.get_by_role("link", name="Apple ウォレットに追加").click()
    with zipfile.ZipFile(io.BytesIO(Path(started.value.path()).read_bytes())) as packed:
        described = json.loads(packed.read("pass.json"))
    assert described["barcodes"][0]["message"] == identifier(customer, "card")
    google = member.get_by_role("link", name="Google ウォレットに追加").get_attribute("href")
    led = member.context.request.get(f"{live_server.url}{google}", max_redirects=0)
    assert led.headers["location"].startswith("https://pay.google.com/gp/v/save/")


def test_head_office_sees_every_card_with_its_state(
    page: Page, customer: Json, head_office: httpx.Client, live_server: Server
) -> None:
    (card,) = cards_of(head_office, customer)
    with client_of(live_server, "staff") as staff:
        path = f"/api/counter/customers/{customer['customer_id']}/cards:reissue"
        staff.post(path, json={"card_id": card["card_id"], "reason": "damaged"}).raise_for_status()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    cards = page.get_by_role("region", name="会員カード")
    expect(cards.get_by_role("listitem")).to_have_count(2)
    expect(cards).to_contain_text("に停止（破損）")
    picture(page, "console-customer")


def test_head_office_is_told_that_a_searched_card_was_stopped(
    page: Page, customer: Json, head_office: httpx.Client, live_server: Server
) -> None:
    (card,) = cards_of(head_office, customer)
    with client_of(live_server, "staff") as staff:
        path = f"/api/counter/customers/{customer['customer_id']}/cards:end"
        staff.post(path, json={"card_id": card["card_id"], "reason": "lost"}).raise_for_status()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, live_server)
    page.goto(console(live_server, "customers"))
    search = page.get_by_role("main").get_by_role("searchbox")
    search.fill(card["number"])
    search.press("Enter")
    expect(page.get_by_text(re.compile("会員カードで一致：.* に停止（紛失）"))).to_be_visible()
    expect(page.get_by_text(customer["name"])).to_be_visible()
    picture(page, "console-search")


def test_the_counters_new_card_fits_every_screen(counter: Page, customer: Json) -> None:
    counter.set_viewport_size({"width": 390, "height": 844})
    look_up(counter, identifier(customer, "phone"))
    counter.get_by_role("button", name="カードをなくした / 再発行").click()
    confirm = counter.get_by_role("button", name="停止して再発行する")
    expect(confirm).to_be_in_viewport(ratio=1)
    confirm.click()
    expect(counter.get_by_role("heading", name="新しい会員カード")).to_be_visible()
    number = shown_number(counter)
    for width in (390, 820, 1280):
        counter.set_viewport_size({"width": width, "height": 844})
        for code in ("バーコード", "QRコード"):
            expect(counter.get_by_role("img", name=f"会員番号 {number} の{code}")).to_be_in_viewport(ratio=1)
        assert counter.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(counter, f"counter-new-{width}")
