"""What a customer comes to the counter for besides paying: a receipt to be credited, goods without their receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Json, Server, ask_gateway, client_of, identifier, recent_customers, sign_in
from tests.browser.test_counter import TABLET, name_of, scan

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize

pytestmark = pytest.mark.browser


@pytest.fixture
def viewport() -> ViewportSize:
    return TABLET


@pytest.fixture(scope="module")
def customer(live_server: Server) -> Json:
    with client_of(live_server) as head_office:
        return next(one for one in recent_customers(head_office) if one["balance"]["available"] > 20)


def open_customer(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    expect(page.get_by_role("textbox", name="会員カード番号・電話番号")).to_be_focused()
    scan(page, identifier(customer, "card"))
    expect(name_of(page, customer)).to_be_visible()


def sell_to_nobody(live_server: Server, store: str, customer: Json) -> tuple[str, int]:
    """An anonymous sale of ¥3,300; gives its receipt number, and what it would have earned the customer."""
    sale = {
        "source": "pos",
        "external_id": f"N{uuid4().hex[:10]}",
        "channel": "pos",
        "store": store,
        "occurred_at": datetime.now(UTC).isoformat(),
        "lines": [{"sku": "TEA", "quantity": 3, "unit_price_yen": 1_100}],
    }
    answer = ask_gateway(live_server, "/v1/purchases", sale)
    assert answer.status_code == 201, answer.text
    return sale["external_id"], would_earn(live_server, sale, customer)


def would_earn(live_server: Server, sale: Json, customer: Json) -> int:
    """What the sale earns the customer today: the programme's 30 points, and what the demo's campaigns give besides."""
    card = {"kind": "card", "value": identifier(customer, "card")}
    quote = ask_gateway(live_server, "/v1/purchases:quote", sale | {"external_id": "quote", "identifiers": [card]})
    awards = quote.json()["points"]["awards"]
    assert sum(award["points"] for award in awards if "campaign" not in award) == 30
    return sum(award["points"] for award in awards)


def available(live_server: Server, customer: Json) -> int:
    with client_of(live_server, "staff") as staff:
        page = staff.get(f"/api/counter/customers/{customer['customer_id']}").json()
    return page["customer"]["balance"]["available"]


def search(page: Page, number: str) -> Locator:
    page.get_by_role("button", name="番号で返品・レシートなしの返品").click()
    dialog = page.get_by_role("dialog", name="返品するレシートを探す")
    dialog.get_by_label("レシート番号").fill(number)
    dialog.get_by_role("button", name="探す").click()
    return dialog


def test_a_receipt_is_credited_then_returned_by_its_number_and_goods_come_back_without_one(
    page: Page, live_server: Server, customer: Json
) -> None:
    with client_of(live_server, "staff") as staff:
        store = staff.get("/api/counter/stores").json()["stores"][0]
    number, earned = sell_to_nobody(live_server, store["code"], customer)
    before = available(live_server, customer)
    open_customer(page, live_server, customer)

    page.get_by_role("button", name="レシートのポイント後付け").click()
    dialog = page.get_by_role("dialog", name="レシートのポイント後付け")
    expect(dialog.get_by_label("レシート番号")).to_be_focused()
    scan(page, number)
    expect(dialog.get_by_label("レシート番号")).to_have_value(number)
    dialog.get_by_label("購入した店舗").select_option(store["code"])
    dialog.get_by_label("合計金額（税込）").fill("3,301")
    dialog.get_by_role("button", name="内容を確認する").click()
    expect(dialog.get_by_role("alert")).to_contain_text("このとおりのレシートは見つかりませんでした")
    dialog.get_by_label("合計金額（税込）").fill("3300")
    dialog.get_by_role("button", name="内容を確認する").click()
    expect(dialog).to_contain_text(f"付与後に使えるポイント{before + earned:,}pt")
    assert available(live_server, customer) == before
    dialog.get_by_role("button", name=f"{earned:,}pt を付ける").click()
    done = page.get_by_role("dialog", name="ポイントを付けました")
    expect(done.get_by_role("status")).to_contain_text(f"+{earned:,}pt")
    done.get_by_role("button", name="閉じる").click()
    assert available(live_server, customer) == before + earned

    found = search(page, number).get_by_role("listitem")
    expect(found).to_contain_text(store["name"])
    expect(found).to_contain_text("このお客様")
    found.get_by_role("button").click()
    dialog = page.get_by_role("dialog", name="返品を受け付ける")
    expect(dialog.get_by_role("region", name="ポイントの扱い")).to_contain_text("付いたポイントを取り消します")
    dialog.get_by_role("button", name="すべて返品").click()
    dialog.get_by_role("button", name="¥3,300 を返金して返品する").click()
    page.get_by_role("dialog", name="返品を受け付けました").get_by_role("button", name="閉じる").click()
    assert available(live_server, customer) == before

    dialog = search(page, "NO-SUCH-RECEIPT")
    expect(dialog).to_contain_text("この番号のレシートは見つかりませんでした")
    dialog.get_by_role("button", name="レシートがない").click()
    dialog = page.get_by_role("dialog", name="レシートなしで返品を受け付ける")
    dialog.get_by_label("1点の金額（税込）").fill("550")
    dialog.get_by_role("button", name="1点増やす").click()
    expect(dialog.get_by_role("region", name="ポイントの扱い")).to_contain_text("いまの条件で付くはずのポイント")
    confirm = dialog.get_by_role("button", name="¥1,100 を返金して返品する")
    # The network goes away under the finger: pressing again afterwards takes the goods back once.
    expect(confirm).to_be_enabled()
    page.context.set_offline(True)
    confirm.click()
    expect(dialog.get_by_role("alert")).to_contain_text("サーバーに接続できません")
    page.context.set_offline(False)
    confirm.click()
    dialog.get_by_role("button", name="閉じる").click()
    expect(page.get_by_text("レシートのない返品により、その商品に付くはずの 10pt を取り消しました。")).to_be_visible()
    assert available(live_server, customer) == before - 10
