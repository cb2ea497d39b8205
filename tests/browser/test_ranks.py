"""The way to the next rank: a picture on the phone, one line at the counter, conditions for head office."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
