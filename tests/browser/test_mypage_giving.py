"""A member gives points to another on a phone: checked, given once whatever the network does, and told to both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect
from tests.browser.operators import (
    MEMBER_COOKIE,
    OURS,
    Json,
    Server,
    client_of,
    identifier,
    member_session_of,
    recent_customers,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser


@pytest.fixture
def viewport() -> ViewportSize:
    return {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def members(live_server: Server) -> list[Json]:
    with client_of(live_server) as head_office:
        found = [
            one
            for one in recent_customers(head_office)
            if one["balance"]["available"] > 50 and any(held["kind"] == "phone" for held in one["identifiers"])
        ]
    assert len(found) >= 2
    return found[:2]


def transfers_of(live_server: Server, token: str) -> Json:
    with httpx.Client(base_url=live_server.url, headers=OURS, cookies={MEMBER_COOKIE: token}, timeout=30) as client:
        return client.get("/api/my/transfers").json()


def test_points_are_given_to_a_phone_number_once_and_both_members_see_it(
    page: Page, live_server: Server, members: list[Json]
) -> None:
    giver, receiver = members
    token = member_session_of(live_server, identifier(giver, "phone"))
    before = transfers_of(live_server, token)["available"]
    page.context.add_cookies([{"name": MEMBER_COOKIE, "value": token, "url": live_server.url}])
    page.goto(f"{live_server.url}/my/")
    page.get_by_role("button", name="ポイントを贈る", exact=True).click()
    sheet = page.get_by_role("dialog", name="ポイントを贈る")
    number = sheet.get_by_label("贈る相手の会員番号または電話番号")
    number.fill("090-0000-0000")
    sheet.get_by_label("贈るポイント", exact=True).fill("３０")
    sheet.get_by_role("button", name="確認へ進む").click()
    expect(sheet.get_by_role("alert")).to_contain_text("この番号の会員は見つかりませんでした")
    number.fill(identifier(receiver, "phone").replace("+81", "0"))
    sheet.get_by_role("button", name="確認へ進む").click()
    family_name = receiver["name"].split()[0]
    expect(sheet).to_contain_text(f"{family_name[0]}•")
    expect(sheet).not_to_contain_text(receiver["name"])
    expect(sheet).to_contain_text(f"贈ったあとのポイント{before - 30:,}pt")
    give = sheet.get_by_role("button", name="30pt を贈る", exact=True)
    page.context.set_offline(True)
    give.click()
    expect(sheet.get_by_role("alert")).to_contain_text("二重に贈られることはありません")
    page.context.set_offline(False)
    give.click()
    expect(sheet.get_by_role("status")).to_contain_text("30pt を贈りました")
    after = transfers_of(live_server, token)
    assert (after["available"], [one["points"] for one in after["transfers"]]) == (before - 30, [-30])
    received = transfers_of(live_server, member_session_of(live_server, identifier(receiver, "phone")))["transfers"]
    assert [one["points"] for one in received] == [30]
    sheet.get_by_role("button", name="閉じる", exact=True).last.click()
    expect(page.get_by_text("ほかのお客様へ 30pt を贈りました。")).to_be_visible()
