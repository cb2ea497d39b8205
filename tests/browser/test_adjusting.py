"""Points at head office, a whole way through: asked for, approved by another, adjusted, frozen, and listed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.operators import Server, client_of, console, recent_customers, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def customer(live_server: Server) -> dict:
    """Somebody who bought lately."""
    with client_of(live_server) as head_office:
        return recent_customers(head_office)[0]


def open_customer(page: Page, live_server: Server, customer: dict, role: str) -> None:
    sign_in(page, live_server, role)
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))
    expect(page.get_by_role("heading", name=customer["name"])).to_be_visible()


def fill_adjustment(page: Page, points: int) -> None:
    page.get_by_role("button", name="ポイントを調整").click()
    form = page.get_by_role("dialog", name="ポイントの調整")
    form.get_by_label("ポイント数").fill(str(points))
    form.get_by_label("理由").select_option("apology")
    form.get_by_label("メモ").fill("レジの打ち間違い")
    form.get_by_label("計上する店舗").first.click()
    page.locator("[role=listbox] [role=option]").first.click()
    form.get_by_role("button", name="内容を確認").click()


def available(live_server: Server, customer: dict) -> int:
    with client_of(live_server) as head_office:
        answer = head_office.get(f"/api/console/customers/{customer['customer_id']}/points")
    return answer.json()["balance"]["available"]


def test_a_large_adjustment_is_asked_for_and_another_approves_it(
    page: Page, browser: Browser, live_server: Server, customer: dict
) -> None:
    before = available(live_server, customer)
    open_customer(page, live_server, customer, "store_manager")
    fill_adjustment(page, 4_000)
    dialog = page.get_by_role("dialog", name="ポイントの調整")
    expect(dialog.get_by_text("別の人の承認が必要です")).to_be_visible()
    expect(dialog.get_by_role("row", name="利用できるポイント")).to_contain_text(f"{before + 4_000:,}pt")
    dialog.get_by_role("button", name="承認を申請する").click()
    expect(dialog.get_by_text("承認を申請しました")).to_be_visible()
    dialog.get_by_role("button", name="閉じる").last.click()
    expect(page.get_by_text("承認待ちの調整")).to_be_visible()
    page.goto(console(live_server, "approvals"))
    expect(page.get_by_text("自分の申請は承認できません")).to_be_visible()
    assert available(live_server, customer) == before

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    owner = context.new_page()
    sign_in(owner, live_server)
    owner.goto(console(live_server, "approvals"))
    expect(owner.get_by_label("承認待ち 1件")).to_be_visible()
    row = owner.get_by_role("row", name=customer["name"])
    expect(row).to_contain_text("レジの打ち間違い")
    row.get_by_role("button", name="承認").click()
    approval = owner.get_by_role("dialog", name="調整を承認")
    approval.get_by_label("メモ（任意）").fill("確認済み")
    approval.get_by_role("button", name="承認して反映する").click()
    expect(approval).to_be_hidden()
    expect(owner.get_by_text("承認待ちの申請はありません。")).to_be_visible()
    expect(owner.get_by_label("承認待ち 1件")).to_have_count(0)
    owner.get_by_text("決定済み", exact=True).click()
    expect(owner).to_have_url(re.compile("state=decided"))
    expect(owner.get_by_role("row", name=customer["name"])).to_contain_text("確認済み")
    context.close()
    assert available(live_server, customer) == before + 4_000


def test_points_are_given_an_account_is_frozen_and_set_free(page: Page, live_server: Server, customer: dict) -> None:
    before = available(live_server, customer)
    open_customer(page, live_server, customer, "owner")
    fill_adjustment(page, 50)
    dialog = page.get_by_role("dialog", name="ポイントの調整")
    dialog.get_by_role("button", name="この内容で調整する").dblclick()
    expect(dialog.get_by_text(f"現在の残高は {before + 50:,}pt です")).to_be_visible()
    dialog.get_by_role("button", name="閉じる").last.click()
    assert available(live_server, customer) == before + 50

    page.get_by_role("button", name="凍結する").click()
    freeze = page.get_by_role("dialog", name="アカウントの凍結")
    expect(freeze.get_by_role("button", name="凍結する")).to_be_disabled()
    freeze.get_by_label("凍結の理由").fill("短時間に多数の利用")
    freeze.get_by_role("button", name="凍結する").click()
    expect(page.get_by_text("このアカウントは凍結中です")).to_be_visible()
    expect(page.get_by_text("理由：短時間に多数の利用")).to_be_visible()
    page.get_by_role("button", name="凍結を解除").click()
    page.get_by_label("解除の理由").fill("本人と確認")
    page.get_by_role("button", name="解除する").click()
    expect(page.get_by_text("このアカウントは凍結中です")).to_have_count(0)


def test_limits_are_changed_and_the_lists_open(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "limits"))
    page.get_by_role("button", name="店長の上限を変更").click()
    form = page.get_by_role("dialog", name="店長の上限を変更")
    form.get_by_label("ひとりで確定").fill("20000")
    expect(form.get_by_text("「ひとりで確定 ≦ 1回 ≦ 1日」")).to_be_visible()
    form.get_by_label("ひとりで確定").fill("3500")
    form.get_by_role("button", name="保存").click()
    expect(form).to_be_hidden()
    expect(page.get_by_text("ひとりで確定：3,000 → 3,500")).to_be_visible()
    page.goto(console(live_server, "expiring?days=366"))
    expect(page.get_by_role("heading", name="失効予定のポイント")).to_be_visible()
    page.get_by_role("button", name=re.compile("の会員を表示$")).first.click()
    expect(page).to_have_url(re.compile(r"on=\d{4}-"))
    expect(page.get_by_role("heading", name=re.compile("に失効する会員$"))).to_be_visible()
    page.goto(console(live_server, "offline"))
    expect(page.get_by_text("この期間のオフライン利用はありません。")).to_be_visible()


def test_two_customers_are_merged_and_parted_again(page: Page, live_server: Server) -> None:
    with client_of(live_server) as head_office:
        _, goes_on, other = recent_customers(head_office)[:3]
    before = available(live_server, goes_on), available(live_server, other)
    open_customer(page, live_server, goes_on, "owner")
    page.get_by_role("button", name="会員を統合").click()
    dialog = page.get_by_role("dialog", name="会員の統合")
    dialog.get_by_role("searchbox").fill(other["customer_id"])
    dialog.get_by_role("button", name="検索").click()
    dialog.get_by_role("button", name="この会員と統合").first.click()
    sides = dialog.get_by_role("region", name=goes_on["name"])
    expect(sides).to_contain_text(f"{sum(before):,}pt")
    expect(dialog.get_by_role("button", name="統合する")).to_be_disabled()
    dialog.get_by_label("理由").fill("二重登録")
    dialog.get_by_role("button", name="統合する").click()
    dialog.get_by_role("button", name="残した会員を開く").click()
    expect(page.get_by_text(f"{other['name']}さんの記録が、この会員に統合されています")).to_be_visible()
    assert available(live_server, goes_on) == sum(before)
    page.get_by_role("button", name="元に戻す").click()
    undo = page.get_by_role("dialog", name="統合を元に戻す")
    expect(undo.get_by_role("region", name=other["name"])).to_contain_text(f"{before[1]:,}pt")
    undo.get_by_label("理由").fill("ご家族でした")
    undo.get_by_role("button", name="元に戻す").click()
    expect(undo.get_by_text("二人の会員に戻しました。")).to_be_visible()
    undo.get_by_role("button", name="閉じる").last.click()
    expect(page.get_by_text("この会員に統合されています")).to_have_count(0)
    assert (available(live_server, goes_on), available(live_server, other)) == before
