"""A ladder from what members really bought to a version that is scheduled; and a rank that is given by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Server, client_of, console, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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
