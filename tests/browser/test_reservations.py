"""One booking through all three faces: made on my page, seen in the week of the store, moved and given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

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
    from playwright.sync_api import Locator, Page, ViewportSize

pytestmark = pytest.mark.browser

TUESDAY = 1


@pytest.fixture
def viewport() -> ViewportSize:
    return {"width": 390, "height": 844}


@pytest.fixture
def member(page: Page, live_server: Server) -> Page:
    """My page of a customer who is signed in."""
    with client_of(live_server) as head_office:
        phone = identifier(recent_customers(head_office)[-1], "phone")
    sign_in_member(page, live_server, phone)
    page.goto(f"{live_server.url}/my/")
    return page


def test_a_member_books_the_store_sees_it_and_the_member_gives_it_up(member: Page, live_server: Server) -> None:
    page = member
    page.get_by_role("button", name="予約する").click()
    sheet = page.get_by_role("dialog", name="予約する")
    sheet.get_by_role("radio", name="ヘッドスパ").check()
    sheet.get_by_role("button", name="次の週").click()
    expect(sheet.locator("[aria-busy=false]")).to_be_visible()
    sheet.locator("[data-bookable=true]").first.click()
    sheet.get_by_role("button", name="ご予約内容").click()
    when = sheet.locator("dd").first.inner_text()
    sheet.get_by_role("button", name="この内容で予約する").click()
    booked = page.get_by_role("dialog", name="ご予約の詳細")
    expect(booked.get_by_text("予約済み")).to_be_visible()
    with page.expect_download() as download:
        booked.get_by_role("link", name="カレンダーに追加").click()
    text = download.value.path().read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"TZID=Asia/Tokyo" in text
    booking_id = page.url.rpartition("/")[2]

    desk = page.context.new_page()
    desk.set_viewport_size({"width": 1280, "height": 900})
    sign_in(desk, live_server)
    desk.goto(console(live_server, f"/reservations?booking={booking_id}"))
    detail = desk.get_by_role("dialog", name="予約の詳細")
    expect(detail.get_by_text(when)).to_be_visible()
    expect(detail.get_by_text("マイページ")).to_be_visible()
    desk.close()

    booked.get_by_role("button", name="予約をキャンセル").click()
    booked.get_by_role("button", name="キャンセルする").click()
    expect(booked.get_by_text("キャンセル", exact=True)).to_be_visible()


def members_of(live_server: Server, tier: str) -> list[Json]:
    """Who holds a tier and has a phone."""
    with client_of(live_server) as head_office:
        listed = head_office.get(f"/api/console/ranks/tiers/{tier}/members").json()["members"]
        found = [head_office.get(f"/api/console/customers/{one['customer_id']}").json() for one in listed]
    return [one for one in found if any(held["kind"] == "phone" for held in one["identifiers"])]


def open_the_day(page: Page, live_server: Server, member: Json) -> Locator:
    """The day 36 days ahead, or the one after when the salon is closed, as a member is shown it."""
    ahead = datetime.now(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=36)
    day = ahead + timedelta(days=1) if ahead.weekday() == TUESDAY else ahead
    sign_in_member(page, live_server, identifier(member, "phone"))
    page.goto(f"{live_server.url}/my/book")
    sheet = page.get_by_role("dialog", name="予約する")
    sheet.get_by_role("radio", name="カット").check()
    for _ in range(5):
        sheet.get_by_role("button", name="次の週").click()
        expect(sheet.locator("[aria-busy=false]")).to_be_visible()
    sheet.get_by_role("button", name=f"{day:%Y/%m/%d}").click()
    return sheet


def test_a_lower_rank_sees_when_a_day_opens_for_them_and_an_upper_one_books_it_early(
    page: Page, live_server: Server
) -> None:
    lower, upper = members_of(live_server, "regular")[0], members_of(live_server, "platinum")[0]
    sheet = open_the_day(page, live_server, lower)
    note = sheet.get_by_text("まだ受け付けていません。お客様は30日前の").first
    expect(note).to_contain_text("から予約できます。プラチナ以上の方は先行予約で今すぐご予約いただけます。")
    slot = sheet.locator("[data-bookable]").first
    expect(slot).to_have_attribute("data-bookable", "false")
    expect(slot).to_contain_text("受付前")
    slot.click()
    expect(sheet.get_by_role("status")).to_contain_text("を予約できない理由")
    page.context.clear_cookies()

    sheet = open_the_day(page, live_server, upper)
    slot = sheet.locator("[data-bookable=true]").first
    expect(slot).to_contain_text("先行予約")
    expect(sheet.get_by_text("会員ランクの特典で、ほかの方より早くご予約いただけます。")).to_be_visible()
