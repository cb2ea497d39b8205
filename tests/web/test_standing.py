"""Points apart from those that can be spent: to come, set aside, owed, frozen; and what moved them beside receipts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs
from tests.flows.factories import NOON, NOW, make_context, make_purchase
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import flows, program
from enishi.customers import Identifier, IdentifierKind
from enishi.flows import CaptureHold, ChangedHold, FreezeOrder, Party, PlaceHold, Transfer
from enishi.program import OnEvent, PurchaseEvent
from enishi.purchases import Channel, Receipt, Return

PHONE = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
EMPTY = {"pending_points": 0, "pending": [], "held_points": 0, "holds": [], "frozen_since": None}


@pytest.fixture
def chain(conn):
    return build_chain(conn)


@pytest.fixture
def context(conn, chain):
    """From now on the online shop's points wait until three days after delivery."""
    settings = structs.replace(
        program.default_settings(), pending={Channel.EC: OnEvent(PurchaseEvent.DELIVERED, days=3)}
    )
    return make_context(conn, settings)


@pytest.fixture
def standing(conn, context, chain):
    """Hanako's 25 points: 10 set aside by the shop, 20 more to come, the account frozen."""
    order = make_purchase(2_200, external_id="EC-1", source="shop", channel=Channel.EC, store="UENO", identifiers=PHONE)
    flows.record_purchases(conn, context, [order], NOW)
    hold = PlaceHold(source="shop", external_id="EC-2", customer_id=chain.hanako, points=10, store="UENO")
    (placed,) = flows.change_holds(conn, context, [hold], NOW)
    assert isinstance(placed, ChangedHold)
    flows.set_frozen(conn, chain.hanako, FreezeOrder(frozen=True, reason="調査"), "operator:x", NOW)
    return placed.hold


def shown(browser, chain):
    return browser.get(f"/api/counter/customers/{chain.hanako}").json()


def test_the_counter_shows_points_to_come_held_and_frozen_apart(signed_in, chain, standing):
    page = shown(signed_in("staff"), chain)
    assert page["customer"]["balance"]["available"] == 15
    told = page["standing"]
    assert (told["pending_points"], told["held_points"]) == (20, 10)
    (pending,) = told["pending"]
    assert (pending["points"], pending["kind"], pending["due_on"]) == (20, "regular", None)
    assert pending["when"] == "商品のお届けから3日後に使えるようになります。"
    assert pending["why"] == "税抜 ¥2,000 ÷ 100円 × 1pt = 20pt、端数切捨て"
    assert pending["purchase"]["external_id"] == "EC-1"
    assert pending["steps"]
    (held,) = told["holds"]
    assert (held["hold_id"], held["points"]) == (str(standing.hold_id), 10)
    assert held["sentence"] == "ご注文 EC-2 のお支払いのために仮押さえしています。"
    assert held["store"]["name"] == "上野店"
    assert told["frozen_since"] is not None
    assert [(one["purchase"]["external_id"], one["pending_points"]) for one in page["visits"]] == [
        ("EC-1", 20),
        ("R-2", 0),
        ("R-1", 0),
    ]


@pytest.mark.usefixtures("standing")
def test_staff_of_another_store_learn_the_sums_and_nothing_of_the_orders(signed_in, chain):
    browser = signed_in("staff", ["SHIBUYA"])
    page = shown(browser, chain)
    told = page["standing"]
    assert (told["pending_points"], told["held_points"]) == (20, 10)
    assert (told["pending"][0]["purchase"], told["pending"][0]["why"], told["pending"][0]["steps"]) == (None, None, [])
    assert (told["holds"][0]["store"], told["holds"][0]["sentence"]) == (None, None)
    assert page["movements"] == []
    assert "EC-" not in str(page)


def test_what_moved_points_beside_receipts_is_told_and_explained(signed_in, chain, conn, context, standing):
    """Of the ten held, six are used and four go back; then the account is set free and gives five to Taro."""
    flows.change_holds(conn, context, [CaptureHold(hold_id=standing.hold_id, points=6)], NOW + timedelta(minutes=1))
    flows.set_frozen(conn, chain.hanako, FreezeOrder(frozen=False, reason="済"), "operator:x", NOW)
    gift = Transfer(
        source="app", external_id="G", sender=Party(chain.hanako), recipient=Party(chain.taro), points=5, store="UENO"
    )
    flows.transfer_points(conn, context, [gift], "key:1", NOW + timedelta(minutes=2))
    browser = signed_in("staff")
    page = shown(browser, chain)
    assert page["standing"]["held_points"] == 0
    assert [(one["type"], one["points"]) for one in page["movements"]] == [
        ("transfer_out", -5),
        ("release", 4),
        ("spend", -6),
        ("release", 6),
        ("hold", -10),
    ]
    for one in page["movements"]:
        told = browser.get(f"/api/counter/entries/{one['entry_id']}/explanation").json()
        assert told["sentence"] == one["summary"]
        assert told["steps"]


def test_a_return_of_which_all_is_owed_is_shown_as_well(signed_in, chain, conn, context):
    """All is spent, then the goods that earned 20 come back, and those that earned 10: no lot is left to move."""
    spending = make_purchase(25, external_id="R-9", store="UENO", identifiers=PHONE, points_to_use=25)
    flows.record_purchases(conn, context, [spending], NOW)
    for number, receipt in (("B-1", "R-2"), ("B-2", "R-1")):
        one = Return(source="pos", external_id=number, store="UENO", occurred_at=NOON, receipt=Receipt("pos", receipt))
        flows.record_returns(conn, context, [one], NOW)
    page = shown(signed_in("staff"), chain)
    assert page["customer"]["balance"]["owed"] == 25
    assert sorted(entry["points"] for visit in page["visits"] for entry in visit["entries"]) == [
        -25, -20, -10, -5, 5, 10, 20,
    ]  # fmt: skip
    assert page["standing"] == EMPTY


def test_the_whole_timeline_lays_other_movements_between_receipts(conn, chain, context, standing):
    seen: list[str] = []
    cursor = None
    while True:
        page = flows.timeline(conn, chain.hanako, cursor, 1)
        seen += [one.purchase.external_id if one.purchase else one.entries[0].type.value for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["hold", "EC-1", "R-2", "R-1"]
    assert [len(flows.timeline(conn, chain.hanako, None, size).items) for size in (2, 3, 4, 50)] == [2, 3, 4, 4]


def test_a_customer_without_anything_of_it_stands_plainly(signed_in, chain, context):
    assert shown(signed_in("staff"), chain)["standing"] == EMPTY


def test_what_expired_is_of_every_store(signed_in, chain, conn, context):
    later = NOW + timedelta(days=800)
    flows.expire_points(conn, context, later)
    conn.commit()
    browser = signed_in("staff", ["SHIBUYA"])
    (one,) = shown(browser, chain)["movements"]
    assert (one["type"], one["store"]) == ("expire", None)
    assert browser.get(f"/api/counter/entries/{one['entry_id']}/explanation").status_code == 200
    assert problem_of(browser.get("/api/counter/entries/x/explanation")) == (404, "not-found")


def test_the_members_page_shows_it_as_well_and_says_nothing_of_the_suspicion(member, conn, context, standing):
    conn.rollback()
    own = member(HANAKO_PHONE)
    card = own.get("/api/my/card")
    told = card.json()["standing"]
    assert (told["pending_points"], told["held_points"]) == (20, 10)
    assert told["holds"][0]["sentence"] == "ご注文 EC-2 のお支払いのために仮押さえしています。"
    assert told["frozen_since"] is not None
    assert "調査" not in card.text
    english = own.get("/api/my/card", **{"accept-language": "en"}).json()["standing"]
    assert english["pending"][0]["when"] == "Can be used 3 days after the order is delivered."
    assert english["holds"][0]["sentence"] == "Set aside to pay for the order EC-2."
    history = own.get("/api/my/history").json()["items"]
    assert [(one["item"], one.get("pending_points")) for one in history] == [
        ("entry", None),
        ("purchase", 20),
        ("purchase", 0),
        ("purchase", 0),
    ]
