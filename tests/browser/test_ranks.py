"""The way to the next rank on every face; a ladder designed, published and scheduled; a rank given by hand.

The tests stand in this order: those that change ranks come last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import expect
from tests.browser.operators import (
    Json,
    Server,
    client_of,
    console,
    identifier,
    recent_customers,
    sign_in,
    sign_in_member,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def member(live_server: Server) -> Json:
    """Somebody with a phone and a card, and a rank above theirs."""
    with client_of(live_server) as head_office:
        return next(
            one
            for one in recent_customers(head_office)
            if {"phone", "card"} <= {held["kind"] for held in one["identifiers"]}
            and rank_of(head_office, one)["next"] is not None
        )


@pytest.fixture(scope="module")
def rank(live_server: Server, member: Json) -> Json:
    with client_of(live_server) as head_office:
        return rank_of(head_office, member)


def rank_of(head_office: httpx.Client, member: Json) -> Json:
    return head_office.get(f"/api/console/customers/{member['customer_id']}/rank").json()["rank"]


def nearest(rank: Json) -> str:
    """The headline: all that is missing by the nearest alternative."""
    missing = [want["missing_text"] for want in rank["next"]["ways"][0] if want["missing"]]
    return f"あと{'と'.join(missing)}で {rank['next']['name']}"


def open_my_page(page: Page, live_server: Server, member: Json) -> None:
    sign_in_member(page, live_server, identifier(member, "phone"))
    page.goto(f"{live_server.url}/my/")


def test_a_member_sees_the_way_to_the_next_rank_as_a_picture_and_why(
    page: Page, live_server: Server, member: Json, rank: Json
) -> None:
    page.set_viewport_size(PHONE)
    open_my_page(page, live_server, member)
    card = page.get_by_role("button", name="条件を見る")
    expect(card).to_contain_text(nearest(rank))
    expect(card).to_contain_text(rank["tier"]["name"])
    box = card.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    card.click()
    sheet = page.get_by_role("dialog", name="会員ランク")
    for want in rank["next"]["ways"][0]:
        expect(sheet.get_by_text(want["label"]).first).to_be_visible()
        expect(sheet.get_by_text(f"いま {want['found_text']}").first).to_be_visible()


def test_staff_see_it_in_one_line_and_head_office_with_its_conditions(
    page: Page, live_server: Server, member: Json, rank: Json
) -> None:
    page.set_viewport_size(TABLET)
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    page.get_by_role("textbox", name="会員カード番号・電話番号").fill(identifier(member, "card"))
    page.keyboard.press("Enter")
    line = page.get_by_text(nearest(rank))
    expect(line).to_be_visible()
    line.click()
    expect(page.get_by_text(rank["next"]["ways"][0][0]["label"]).first).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, live_server, "owner")
    page.goto(console(live_server, f"customers/{member['customer_id']}"))
    expect(page.get_by_text(nearest(rank))).to_be_visible()
    page.get_by_role("button", name="なぜ?", exact=True).first.click()
    expect(page.get_by_role("dialog", name="会員ランク").get_by_text("ランクの履歴")).to_be_visible()


def test_a_ladder_is_designed_from_what_was_bought_and_published_for_tomorrow(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "ranks"))
    tiers = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=3))
    expect(tiers).to_have_count(5)
    page.get_by_role("link", name="ランク表を編集").click()
    page.get_by_role("button", name="実績からしきい値を決める").click()
    panel = page.get_by_role("dialog", name="実績からしきい値を決める")
    for tier, share in (("シルバー", 75), ("ゴールド", 50), ("プラチナ", 25), ("ダイヤモンド", 10)):
        panel.get_by_label(f"{tier}以上の割合").fill(str(share))
    cut = (
        panel.get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name="ダイヤモンド"))
        .get_by_role("cell")
        .first
    )
    expect(cut).to_contain_text("以上")
    take = panel.get_by_role("button", name="この区切りをフォームに入れる")
    expect(take).to_be_enabled()
    threshold = cut.locator("b").inner_text().removesuffix("以上")
    take.click()
    expect(page.get_by_text("フォームの条件に反映しました")).to_be_visible()
    top = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="ダイヤモンド", expanded=False)).first
    top.get_by_role("button", name="ダイヤモンド", expanded=False).click()
    expect(page.get_by_label("基準（以上）").first).to_have_value(threshold)
    name = page.get_by_label("名称（英語）")
    name.fill("")
    expect(page.get_by_text("入力してください。")).to_be_visible()
    expect(page.get_by_role("button", name="公開に進む")).to_be_disabled()
    name.fill("Diamond")
    expect(page.get_by_text("問題はありません。公開できます。")).to_be_visible()
    page.get_by_role("button", name="公開に進む").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("日時を指定").check()
    tomorrow = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(days=1)
    dialog.get_by_label("適用開始の日時").fill(f"{tomorrow:%Y-%m-%dT00:00}")
    dialog.get_by_label("理由").fill("購入額の区切りに変更")
    dialog.get_by_role("button", name="公開する").click()
    scheduled = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="版2"))
    expect(scheduled).to_contain_text("公開予約")
    expect(scheduled).to_contain_text("理由：購入額の区切りに変更")
    expect(scheduled).to_contain_text(threshold)
    page.get_by_role("link", name="ランク表", exact=True).click()
    expect(page.get_by_text(f"版2 が {tomorrow:%Y/%m/%d}")).to_be_visible()
    with client_of(live_server) as head_office:
        versions = head_office.get("/api/console/ranks").json()["versions"]
    assert [one["state"] for one in versions] == ["scheduled", "live"]


def test_a_rank_is_given_by_hand_seen_at_the_counter_and_ended(page: Page, live_server: Server) -> None:
    with client_of(live_server) as head_office:
        customer = next(
            one for one in recent_customers(head_office) if "card" in {held["kind"] for held in one["identifiers"]}
        )
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    page.get_by_role("button", name="ランクを手動で設定").click()
    dialog = page.get_by_role("dialog", name="ランクを手動で設定")
    dialog.get_by_label("ランク", exact=True).select_option(label="ダイヤモンド")
    dialog.get_by_label("最後の日").fill("2020-01-01")
    dialog.get_by_label("理由").fill("開店10周年のご招待")
    expect(dialog.get_by_text("今日以降の日にしてください。")).to_be_visible()
    expect(dialog.get_by_role("button", name="設定する")).to_be_disabled()
    dialog.get_by_label("最後の日").fill("2099-03-31")
    dialog.get_by_role("button", name="設定する").click()
    badge = page.get_by_title("ダイヤモンド以上を手動で保証").first
    expect(badge).to_contain_text("手動2099/03/31(火)まで")
    page.get_by_role("button", name="なぜ?", exact=True).first.click()
    newest = (
        page.get_by_role("dialog", name="会員ランク")
        .get_by_role("listitem")
        .filter(has_text="手動で設定しました")
        .first
    )
    expect(newest).to_contain_text("理由：開店10周年のご招待")
    page.context.clear_cookies()
    page.set_viewport_size(TABLET)
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    page.get_by_role("textbox", name="会員カード番号・電話番号").fill(identifier(customer, "card"))
    page.keyboard.press("Enter")
    expect(page.get_by_title("ダイヤモンド以上を手動で保証").first).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    page.get_by_role("button", name="手動の設定を終える").click()
    ending = page.get_by_role("dialog", name="手動の設定を終える")
    ending.get_by_label("理由").fill("ご招待の終了")
    ending.get_by_role("button", name="終える", exact=True).click()
    expect(page.get_by_role("button", name="ランクを手動で設定")).to_be_visible()
    expect(page.get_by_title("ダイヤモンド以上を手動で保証")).to_have_count(0)
