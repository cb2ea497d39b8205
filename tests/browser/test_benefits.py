"""A benefit's whole way, and a referral's: from head office to the counter and on to the member's phone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.operators import (
    Json,
    Server,
    ask_gateway,
    client_of,
    console,
    identifier,
    recent_customers,
    sign_in,
    sign_in_member,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
TEA = "お茶のサービス"
NEW_PHONE = "+819000000931"
HELD_FRIEND = "縁 花（架空）"


@pytest.fixture(scope="module")
def member(live_server: Server) -> Json:
    """Somebody with a card and a phone."""
    with client_of(live_server) as head_office:
        return next(
            one
            for one in recent_customers(head_office)
            if {"phone", "card"} <= {held["kind"] for held in one["identifiers"]}
        )


def store_of(live_server: Server) -> Json:
    with client_of(live_server, "staff") as staff:
        return staff.get("/api/counter/stores").json()["stores"][0]


def open_at_counter(page: Page, live_server: Server, card: str) -> None:
    page.set_viewport_size(TABLET)
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    field = page.get_by_role("textbox", name="会員カード番号・電話番号")
    expect(field).to_be_focused()
    field.fill(card)
    page.keyboard.press("Enter")


def open_my_page(page: Page, live_server: Server, phone: str, path: str) -> None:
    page.set_viewport_size(PHONE)
    sign_in_member(page, live_server, phone)
    page.goto(f"{live_server.url}/my/{path}")


def publish_tea(page: Page, live_server: Server) -> None:
    """Head office adds a gift that is given once a month, and publishes it with a reason."""
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server, "benefits"))
    page.get_by_role("button", name="特典を追加").click()
    form = page.get_by_role("dialog", name="特典を追加")
    form.get_by_label("コード").fill("tea")
    form.get_by_label("名称（日本語）").fill(TEA)
    form.get_by_label("名称（英語）").fill("A cup of tea")
    form.get_by_label("期間", exact=True).select_option("month")
    form.get_by_role("button", name="決定").click()
    expect(page.get_by_role("listitem").filter(has_text=TEA).first).to_contain_text("1か月に1回まで")
    page.get_by_role("button", name="公開する").click()
    dialog = page.get_by_role("dialog", name="特典を公開する")
    expect(dialog.get_by_role("listitem").filter(has_text=TEA)).to_contain_text("新たに対象：レギュラー")
    dialog.get_by_label("理由").fill("冬のおもてなし")
    dialog.get_by_role("button", name="公開する").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("tab", name="履歴").click()
    expect(page.get_by_role("listitem").filter(has_text="冬のおもてなし")).to_contain_text("公開中")


def test_a_benefit_is_published_given_once_at_the_counter_and_used_on_my_page(
    page: Page, browser: Browser, live_server: Server, member: Json
) -> None:
    publish_tea(page, live_server)
    store = store_of(live_server)
    tablets = [browser.new_context(viewport=TABLET, locale="ja-JP", timezone_id="Asia/Tokyo") for _ in range(2)]
    desk, other_desk = (tablet.new_page() for tablet in tablets)
    for one in (desk, other_desk):
        open_at_counter(one, live_server, identifier(member, "card"))
        one.get_by_label("お渡しする店舗").select_option(store["code"])
        expect(one.get_by_role("button", name=f"「{TEA}」をお渡しした")).to_be_enabled()
    desk.get_by_role("button", name=f"「{TEA}」をお渡しした").click()
    expect(desk.get_by_role("button", name=f"「{TEA}」のお渡しを取り消す")).to_be_visible()
    expect(desk.get_by_role("button", name=f"「{TEA}」をお渡しした")).to_have_count(0)
    # The other tablet shows it still; its tap comes second.
    other_desk.get_by_role("button", name=f"「{TEA}」をお渡しした").click()
    expect(other_desk.get_by_text("ほかの端末で、すでにお渡しの記録が付いています。")).to_be_visible()
    for tablet in tablets:
        tablet.close()

    page.context.clear_cookies()
    open_my_page(page, live_server, identifier(member, "phone"), "benefits")
    sheet = page.get_by_role("dialog", name="特典")
    expect(sheet.get_by_role("listitem").filter(has_text=TEA)).to_contain_text("ご利用済みです（1か月に1回まで）。")
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server, "benefits"))
    page.get_by_role("tab", name="お渡しの記録").click()
    expect(page.get_by_role("row").filter(has_text=TEA).first).to_contain_text(store["name"])


def join(live_server: Server, store: str) -> str:
    """A new member with a card and a phone, made by a small purchase; gives the card."""
    card = f"28{uuid4().int % 10**10:010}"
    identifiers = [{"kind": "card", "value": card}, {"kind": "phone", "value": NEW_PHONE}]
    buy(live_server, store, 220, identifiers)
    return card


def buy(live_server: Server, store: str, yen: int, identifiers: list[Json]) -> Json:
    sale = {
        "source": "pos",
        "external_id": uuid4().hex[:12],
        "channel": "pos",
        "store": store,
        "occurred_at": datetime.now(UTC).isoformat(),
        "lines": [{"sku": "TEA", "quantity": 1, "unit_price_yen": yen}],
        "identifiers": identifiers,
    }
    answer = ask_gateway(live_server, "/v1/purchases", sale)
    assert answer.status_code == 201, answer.text
    return answer.json()


def pay_at_once(page: Page, live_server: Server) -> None:
    """Head office publishes that rewards no longer wait."""
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server, "referrals"))
    page.get_by_role("tab", name="制度と履歴").click()
    page.get_by_role("button", name="条件を変更して公開").click()
    form = page.get_by_role("dialog", name="紹介制度を公開する")
    form.get_by_label("お買い物から付与までの日数").fill("0")
    form.get_by_label("理由").fill("すぐにお渡しする")
    form.get_by_role("button", name="公開する").click()
    expect(form).to_be_hidden()
    expect(page.get_by_text("すぐにお渡しする")).to_be_visible()
    page.context.clear_cookies()


def test_a_code_is_shared_entered_at_the_counter_and_a_purchase_pays_both(
    page: Page, live_server: Server, member: Json
) -> None:
    pay_at_once(page, live_server)
    store = store_of(live_server)["code"]
    open_my_page(page, live_server, identifier(member, "phone"), "referral")
    code = page.get_by_role("dialog", name="お友だち紹介").locator("strong").first.inner_text()
    page.context.clear_cookies()

    card = join(live_server, store)
    open_at_counter(page, live_server, card)
    page.get_by_role("button", name="紹介コードを登録").click()
    dialog = page.get_by_role("dialog", name="紹介コードを登録する")
    dialog.get_by_label("紹介コード（8文字）").fill("2222-2222")
    dialog.get_by_label("受け付ける店舗").select_option(store)
    dialog.get_by_role("button", name="登録する").click()
    expect(dialog.get_by_role("alert")).to_contain_text("このコードは見つかりません")
    dialog.get_by_label("紹介コード（8文字）").fill(code.lower())
    dialog.get_by_role("button", name="登録する").click()
    expect(dialog.get_by_role("status")).to_contain_text("紹介コードを登録しました。")
    dialog.get_by_role("button", name="閉じる").click()
    expect(page.get_by_role("button", name="紹介コードを登録")).to_have_count(0)
    page.context.clear_cookies()

    bought = buy(live_server, store, 1_320, [{"kind": "card", "value": card}])
    assert bought["notices"] == ["referral-rewarded"]
    for phone, told, why in (
        (NEW_PHONE, "紹介されて入会", "ご紹介による入会特典"),
        (identifier(member, "phone"), "の紹介", "ご紹介特典"),
    ):
        open_my_page(page, live_server, phone, "referral")
        history = page.get_by_role("dialog", name="お友だち紹介").get_by_role("listitem")
        expect(history.filter(has_text=told).filter(has_text="500pt 付与")).to_be_visible()
        page.goto(f"{live_server.url}/my/")
        row = page.get_by_role("region", name="ご利用履歴").get_by_role("listitem").filter(has_text="+500pt")
        row.get_by_role("button", name="+500pt の理由を見る").first.click()
        expect(page.get_by_role("dialog", name="ポイントの理由")).to_contain_text(why)
        page.context.clear_cookies()


def test_a_referral_that_looks_like_one_household_is_decided_by_head_office(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "store_manager")
    page.goto(console(live_server, "referrals"))
    expect(page.get_by_role("tab", name="確認待ち 1件")).to_be_visible()
    page.get_by_role("row").filter(has_text=HELD_FRIEND).get_by_role("button", name="認める").click()
    dialog = page.get_by_role("dialog", name="この紹介を認める")
    expect(dialog.get_by_role("button", name="認める")).to_be_disabled()
    dialog.get_by_label("理由").fill("店頭でお二人とお会いした")
    dialog.get_by_role("button", name="認める").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("確認を待っている紹介はありません")).to_be_visible()
    page.get_by_role("tab", name="紹介の一覧").click()
    row = page.get_by_role("row").filter(has_text=HELD_FRIEND)
    expect(row).to_contain_text("お買い物待ち")
    expect(row).to_contain_text("店頭でお二人とお会いした")
