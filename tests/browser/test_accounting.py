"""The books on the console: a table that adds up, settings that are published, and readers who only read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.operators import Server, console, sign_in

pytestmark = pytest.mark.browser


def number(text: str) -> int:
    return int(re.sub(r"[^\d-]", "", text.replace("−", "-")))


@pytest.mark.parametrize("unit", ["円", "ポイント"])
def test_each_line_of_the_movement_table_adds_up(page: Page, live_server: Server, unit: str) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "accounting"))
    table = page.get_by_role("region", name="ポイントの増減表")
    expect(table.get_by_role("row", name="合計").first).to_be_visible()
    page.get_by_role("radiogroup", name="単位").get_by_text(unit, exact=True).click()
    page.get_by_role("switch", name="付与月ごとに表示").check(force=True)
    expect(table.get_by_role("columnheader", name="調整" if unit == "ポイント" else "見直し")).to_be_visible()
    lines = [
        [number(text) for text in row.get_by_role("cell").all_inner_texts()]
        for row in table.get_by_role("row").all()
        if row.get_by_role("cell").count() == 7
    ]
    assert len(lines) >= 2
    for *parts, closing in lines:
        assert sum(parts) == closing
    assert any(line[-1] > 0 for line in lines)


def test_settings_are_published_with_a_reason_and_then_hold(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "accounting"))
    expect(page.get_by_text("まだ公開していません。")).to_be_visible()
    page.get_by_role("button", name="設定を公開").click()
    form = page.get_by_role("dialog", name="設定を公開")
    form.get_by_label("1ポイントの独立販売価格（円）").fill("0.9")
    form.get_by_role("group", name="契約負債").get_by_label("コード").fill("2499")
    form.get_by_role("button", name="公開する").click()
    expect(form).to_be_visible()
    form.get_by_label("理由").fill("監査法人と3月12日に合意")
    form.get_by_role("button", name="公開する").click()
    expect(form).to_be_hidden()
    expect(page.get_by_text("版 1（")).to_be_visible()
    expect(page.get_by_text("2499 契約負債（ポイント）")).to_be_visible()
    expect(page.get_by_text("監査法人と3月12日に合意")).to_be_visible()
    page.goto(console(live_server, "audit"))
    expect(page.get_by_text("会計設定を公開").first).to_be_visible()


def test_a_reader_is_offered_no_close_and_no_settings(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "auditor")
    page.goto(console(live_server, "accounting"))
    expect(page.get_by_role("heading", name="会計設定")).to_be_visible()
    expect(page.get_by_role("button", name="CSVを保存")).to_be_visible()
    expect(page.get_by_role("button", name="設定を公開")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("を締める"))).to_have_count(0)
