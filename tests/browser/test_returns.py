"""Goods that come back: the counter says what that does, takes them once, and every face shows it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Json, Server, client_of, console, identifier, recent_customers, sign_in
from tests.browser.test_counter import LEAST_TARGET_PX, TABLET, name_of, scan

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route, ViewportSize

pytestmark = pytest.mark.browser

Shopper = tuple[Json, Json]
"""A customer, and one of their receipts as the counter shows it."""


@pytest.fixture
def viewport() -> ViewportSize:
    return TABLET


@pytest.fixture(scope="module")
def shoppers(live_server: Server) -> list[Shopper]:
    """Customers with a visit to the staff's store that earned points, one receipt each, nothing of it returned."""
    found: list[Shopper] = []
    with client_of(live_server) as head_office, client_of(live_server, "staff") as staff:
        for customer in recent_customers(head_office):
            page = staff.get(f"/api/counter/customers/{customer['customer_id']}").json()
            earned = [
                visit["purchase"]
                for visit in page["visits"]
                if visit["purchase"]["points_earned"] > 1 and visit["returned_yen"] == 0
            ]
            if earned:
                purchase_id = earned[0]["purchase_id"]
                found.append((customer, staff.get(f"/api/counter/purchases/{purchase_id}").json()))
    assert len(found) >= 6, "too few of the seeded customers bought at the staff's store"
    return found


def open_return(page: Page, live_server: Server, shopper: Shopper, role: str = "staff") -> Locator:
    """The dialog of taking back goods of the shopper's receipt."""
    customer, receipt = shopper
    sign_in(page, live_server, role)
    page.goto(f"{live_server.url}/counter/")
    expect(page.get_by_role("textbox", name="会員カード番号・電話番号")).to_be_focused()
    scan(page, identifier(customer, "card"))
    expect(name_of(page, customer)).to_be_visible()
    visit_of(page, receipt).get_by_role("button", name="の返品").click()
    dialog = page.get_by_role("dialog", name="返品を受け付ける")
    expect(dialog).to_be_visible()
    return dialog


def visit_of(page: Page, receipt: Json) -> Locator:
    button = page.get_by_role("button", name=f"¥{receipt['total_yen']:,} の返品")
    return page.get_by_role("listitem").filter(has=button).first


def returns_of(live_server: Server, receipt: Json) -> list[Json]:
    with client_of(live_server) as head_office:
        return head_office.get(f"/api/console/purchases/{receipt['purchase_id']}").json()["returns"]


def test_everything_comes_back_as_it_was_announced(page: Page, live_server: Server, shoppers: list[Shopper]) -> None:
    _, receipt = shoppers[0]
    dialog = open_return(page, live_server, shoppers[0])
    confirm = dialog.get_by_role("button", name="返品", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_role("button", name="すべて返品").click()
    to_pay = receipt["total_yen"] - receipt["points_used"]
    effect = dialog.get_by_role("region", name="この返品でおこなうこと")
    expect(effect).to_contain_text(f"¥{to_pay:,}")
    expect(effect).to_contain_text(f"取り消すポイント{receipt['points_earned']:,}pt")
    assert returns_of(live_server, receipt) == []

    dialog.get_by_role("button", name=f"¥{to_pay:,} を返金して返品する").click()
    done = page.get_by_role("dialog", name="返品を受け付けました")
    expect(done.get_by_role("status")).to_contain_text(f"¥{to_pay:,}")
    done.get_by_role("button", name="閉じる").click()

    expect(page.get_by_text(f"返品 ¥{receipt['total_yen']:,}", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=f"¥{receipt['total_yen']:,} の返品")).to_have_count(0)
    (one,) = returns_of(live_server, receipt)
    assert (one["pay_back_yen"], one["points_taken_back"], one["completes"]) == (to_pay, receipt["points_earned"], True)


def test_a_part_is_counted_up_and_down(page: Page, live_server: Server, shoppers: list[Shopper]) -> None:
    _, receipt = shoppers[1]
    dialog = open_return(page, live_server, shoppers[1])
    first = dialog.get_by_role("group").first
    more, less = first.get_by_role("button", name="1点増やす"), first.get_by_role("button", name="1点減らす")
    expect(less).to_be_disabled()
    more.click()
    expect(first.get_by_role("status")).to_have_text("1")
    less.click()
    expect(first.get_by_role("status")).to_have_text("0")
    for _ in range(receipt["lines"][0]["pieces"]):
        more.click()
    expect(more).to_be_disabled()
    dialog.get_by_role("button", name="を返金して返品する").click()
    expect(page.get_by_role("dialog", name="返品を受け付けました")).to_be_visible()
    (one,) = returns_of(live_server, receipt)
    assert one["lines"] == [{"line": 1, "quantity": receipt["lines"][0]["pieces"]}]


def test_goods_returned_elsewhere_meanwhile_are_said_and_not_taken_twice(
    page: Page, live_server: Server, shoppers: list[Shopper]
) -> None:
    _, receipt = shoppers[2]
    dialog = open_return(page, live_server, shoppers[2])
    dialog.get_by_role("button", name="すべて返品").click()
    confirm = dialog.get_by_role("button", name="を返金して返品する")
    expect(confirm).to_be_enabled()
    with client_of(live_server, "staff") as other_tablet:
        other_tablet.post(
            f"/api/counter/purchases/{receipt['purchase_id']}/returns",
            json={"request_id": "0b6d6f0e-8d8e-4a52-9f0a-3c1f1f3e7a11", "lines": None},
        ).raise_for_status()
    confirm.click()
    expect(dialog.get_by_role("alert")).to_contain_text("ほかの端末で返品されたようです")
    expect(dialog).to_contain_text("返品できる商品は残っていません")
    assert len(returns_of(live_server, receipt)) == 1


def test_without_a_network_nothing_is_taken_and_pressing_again_is_safe(
    page: Page, live_server: Server, shoppers: list[Shopper]
) -> None:
    _, receipt = shoppers[3]
    dialog = open_return(page, live_server, shoppers[3])
    dialog.get_by_role("button", name="すべて返品").click()
    confirm = dialog.get_by_role("button", name="を返金して返品する")
    expect(confirm).to_be_enabled()
    page.context.set_offline(True)
    confirm.click()
    expect(dialog.get_by_role("alert")).to_contain_text("サーバーに接続できません")
    page.context.set_offline(False)
    confirm.click()
    expect(page.get_by_role("dialog", name="返品を受け付けました")).to_be_visible()
    assert len(returns_of(live_server, receipt)) == 1


def test_the_console_shows_what_came_back_and_why_points_went(
    page: Page, live_server: Server, shoppers: list[Shopper]
) -> None:
    customer, receipt = shoppers[4]
    with client_of(live_server, "staff") as counter:
        counter.post(
            f"/api/counter/purchases/{receipt['purchase_id']}/returns",
            json={"request_id": "5f0f3a52-6a0c-4c3f-8f43-0f8e8a2f9c52", "lines": [{"line": 1, "quantity": 1}]},
        ).raise_for_status()
    (one,) = returns_of(live_server, receipt)
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?receipt={receipt['purchase_id']}"))
    drawer = page.get_by_role("dialog", name="レシート")
    came_back = drawer.locator("section").filter(has=page.get_by_role("heading", name="返品", exact=True))
    expect(came_back).to_contain_text(f"返金額¥{one['pay_back_yen']:,}")
    expect(drawer.get_by_role("table")).to_contain_text("1点返品済み")
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))
    expect(page.get_by_role("listitem").filter(has_text="付与の取消").first).to_contain_text("−")


def test_what_a_customer_owes_is_said_in_words(page: Page, live_server: Server, shoppers: list[Shopper]) -> None:
    customer, _ = shoppers[5]

    def owing(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["customer"]["balance"] |= {"available": 0, "owed": 91}
        route.fulfill(response=answer, json=body)

    page.route(f"**/api/counter/customers/{customer['customer_id']}", owing)
    sign_in(page, live_server, "staff")
    page.goto(f"{live_server.url}/counter/")
    expect(page.get_by_role("textbox", name="会員カード番号・電話番号")).to_be_focused()
    scan(page, identifier(customer, "card"))
    expect(page.get_by_text("不足 91pt（次のポイントから差し引き）")).to_be_visible()


def test_everything_to_touch_is_large_enough(page: Page, live_server: Server, shoppers: list[Shopper]) -> None:
    dialog = open_return(page, live_server, shoppers[1])
    small = dialog.get_by_role("button").evaluate_all(
        """(buttons, least) => buttons
            .map((button) => [button.innerText || button.ariaLabel, button.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < least)
            .map(([name]) => name)""",
        LEAST_TARGET_PX,
    )
    assert small == []
