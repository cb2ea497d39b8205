"""One campaign's way: written by marketing, tried, approved by the owner, live, and paused with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Server, client_of, console, identifier, recent_customers, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def do(page: Page, deed: str, reason: str) -> None:
    """Press a button of the campaign, say why, and confirm."""
    page.get_by_role("button", name=deed, exact=True).click()
    dialog = page.get_by_role("dialog", name=deed)
    expect(dialog.get_by_role("button", name=deed, exact=True)).to_be_disabled()
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name=deed, exact=True).click()
    expect(dialog).to_be_hidden()


def write(page: Page) -> None:
    page.get_by_label("名前（日本語）").fill("年末感謝 300pt")
    page.get_by_label("名前（英語）").fill("Year-end thanks")
    page.get_by_label("コード", exact=False).first.fill("year-end")
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    page.get_by_label("開始").first.fill(f"{today - timedelta(days=2)}T00:00")
    page.get_by_label("終了（この時刻は含みません）").fill(f"{today + timedelta(days=400)}T00:00")
    page.get_by_label("付与の方法").select_option("added")
    page.get_by_label("ポイント", exact=True).fill("300")
    page.get_by_label("最低金額（円）").fill("1000")
    page.get_by_label("全体の予算（pt）").fill("100000")
    page.get_by_label("区分").select_option("all_comers")


def try_it(page: Page, phone: str) -> Locator:
    page.get_by_label("顧客を検索").fill(phone)
    page.get_by_role("button", name="検索", exact=True).last.click()
    page.get_by_role("button", name="選ぶ").click()
    page.get_by_role("button", name="計算する").click()
    return page.get_by_role("listitem").filter(has_text="年末感謝 300pt")


def test_a_campaign_is_written_tried_approved_by_another_and_paused(page: Page, live_server: Server) -> None:
    with client_of(live_server) as head_office:
        phone = identifier(recent_customers(head_office)[0], "phone")
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server, "campaigns"))
    page.get_by_role("link", name="新しいキャンペーン").click()
    write(page)
    expect(page.get_by_text("300pt を加算します。")).to_be_visible()
    expect(page.get_by_text("¥1,000 × 20% = ¥200 まで）。提供額 ¥300：¥100 超過しています。")).to_be_visible()
    expect(try_it(page, phone).get_by_text("300pt", exact=True)).to_be_visible()
    page.get_by_label("変更の理由").fill("年末の来店促進")
    page.get_by_role("button", name="下書きを保存").click()
    expect(page.get_by_role("heading", name="年末感謝 300pt")).to_be_visible()
    do(page, "承認を依頼", "確認をお願いします")
    expect(page.get_by_text("承認待ち", exact=True).last).to_be_visible()
    expect(page.get_by_role("button", name="承認", exact=True)).to_be_hidden()

    sign_in(page, live_server, "owner")
    page.goto(console(live_server, "campaigns?state=in_review"))
    page.get_by_role("link", name="年末感謝 300pt").click()
    do(page, "承認", "問題ありません")
    expect(page.get_by_text("実施中", exact=True)).to_be_visible()
    do(page, "停止", "予算を見直します")
    expect(page.get_by_text("停止中", exact=True)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="予算を見直します")).to_be_visible()
    page.goto(console(live_server, "campaigns/_calendar"))
    expect(page.get_by_role("heading", name="いつ、合わせていくつ付くか")).to_be_visible()
