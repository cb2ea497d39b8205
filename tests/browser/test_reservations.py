"""One booking through all three faces: made on my page, seen in the week of the store, moved and given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Server, client_of, console, identifier, recent_customers, sign_in, sign_in_member

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser


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
