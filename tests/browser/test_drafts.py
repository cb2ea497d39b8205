"""One draft's way: written by marketing, tried on the past with progress, approved by the owner, and then scheduled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Server, console, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TITLE = "来年からの還元率"


def begin(page: Page, server: Server) -> None:
    """From the programme's page to a draft of it that takes effect in a week."""
    page.goto(console(server, "program"))
    page.get_by_role("link", name="変更案を作る").click()
    expect(page.get_by_label("ポイント制度")).to_be_checked()
    page.get_by_label("題名").fill(TITLE)
    day = datetime.now(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=7)
    page.get_by_label("適用日時").fill(f"{day}T00:00")
    page.get_by_label("理由").fill("来店の頻度を上げるため")
    page.get_by_role("button", name="作成する").click()


def change_the_rate(page: Page) -> None:
    """Two points instead of one, of which an example tells beforehand; nothing and a lost nought are told too."""
    rate = page.get_by_label("単位ごとのポイント")
    rate.fill("0")
    expect(page.get_by_text("還元率が 1 % から 0 % に下がります。")).to_be_visible()
    rate.fill("200")
    expect(page.get_by_text("このままでは適用できません")).to_be_visible()
    rate.fill("2")
    expect(page.get_by_text("税抜 ¥1,800 ÷ 100円 × 2pt = 36pt、端数切捨て")).to_be_visible()
    page.get_by_label("変更の理由").fill("2倍にする")
    page.get_by_role("button", name="保存", exact=True).click()
    row = page.get_by_role("row").filter(has_text="単位ごとのポイント")
    expect(row).to_contain_text("1pt")
    expect(row).to_contain_text("2pt")


def decide(page: Page, deed: str, reason: str) -> None:
    dialog = page.get_by_role("dialog", name=deed)
    expect(dialog.get_by_role("button", name=deed, exact=True)).to_be_disabled()
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name=deed, exact=True).click()
    expect(dialog).to_be_hidden()


def read_the_result(page: Page) -> None:
    """The whole result has an address of its own: figures, who moves with links, numbers behind the charts."""
    page.get_by_role("link", name="くわしい結果を見る").click()
    expect(page.get_by_role("heading", name="バックテストの結果")).to_be_visible()
    expect(page.get_by_label("結果のまとめ").get_by_text("ポイント残高の負債")).to_be_visible()
    months = page.get_by_role("figure", name="付与ポイント")
    months.get_by_text("数値を表で見る").click()
    expect(months.get_by_role("cell", name=re.compile(r"[\d,]+pt")).first).to_be_visible()
    flow = page.get_by_role("region", name="ランクの移り変わり")
    flow.get_by_role("button", name=re.compile("移る")).first.click()
    mover = page.get_by_role("dialog").get_by_role("link").first
    expect(mover).to_have_attribute("href", re.compile("/console/customers/"))
    page.get_by_role("dialog").get_by_role("button", name="閉じる").click()
    page.get_by_text("キャンペーン", exact=True).last.click()
    expect(page.get_by_text("計算の前提")).to_be_visible()
    page.get_by_role("link", name=TITLE).click()


def test_a_draft_is_tried_on_the_past_and_approved_by_another_person(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "marketer")
    begin(page, live_server)
    change_the_rate(page)
    page.get_by_role("button", name="承認を依頼").click()
    expect(page.get_by_role("dialog").get_by_text("バックテストの結果がありません")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="やめる").click()

    page.get_by_role("button", name="バックテストを実行").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("順番|準備|件"))).to_be_visible()
    expect(page.get_by_text(re.compile("第2稿の結果"))).to_be_visible(timeout=60_000)
    tried = page.locator("dl > div").filter(has_text="変更案での付与").first
    expect(tried).to_contain_text(re.compile(r"\+[\d,]+pt"))
    read_the_result(page)
    page.get_by_role("button", name="承認を依頼").click()
    decide(page, "承認を依頼", "確認をお願いします")
    expect(page.get_by_text("別の人の承認を待っています。")).to_be_visible()
    expect(page.get_by_role("button", name="承認して適用")).to_be_hidden()

    sign_in(page, live_server, "owner")
    page.goto(console(live_server, "drafts?state=in_review"))
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="承認して適用").click()
    expect(page.get_by_role("dialog").get_by_text("変更案での付与")).to_be_visible()
    decide(page, "承認して適用", "効果を確かめました")
    expect(page.get_by_text("適用待ち", exact=True)).to_be_visible()
    page.goto(console(live_server, "program"))
    newest = page.get_by_role("listitem").filter(has_text=TITLE)
    expect(newest).to_contain_text("予約")
    expect(newest).to_contain_text("marketer")
