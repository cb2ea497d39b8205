"""Goods that come back to the counter: seen beforehand, taken once, visible on the receipt and to its stores only."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.flows.factories import NOW, make_context, make_purchase
from tests.flows.test_record_returns import everything
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import audit
from enishi.customers import Identifier, IdentifierKind
from enishi.flows import record_purchases

LINES = {"lines": [{"line": 1, "quantity": 1}]}
ALL = {"lines": None}


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def receipt(one) -> str:
    return f"/api/counter/purchases/{one.purchase_id}"


def request(goods=ALL) -> dict[str, object]:
    return {"request_id": str(uuid4()), **goods}


def balance_of(browser, customer_id) -> dict[str, object]:
    return browser.get(f"/api/counter/customers/{customer_id}").json()["customer"]["balance"]


def test_a_quote_says_what_the_return_then_does_and_changes_nothing(signed_in, chain, conn):
    browser = signed_in("staff")
    before = everything(conn)
    quoted = browser.post(f"{receipt(chain.in_ueno)}/returns:quote", ALL)
    assert quoted.json() == {
        "refund_yen": 2_205,
        "pay_back_yen": 2_200,
        "points_taken_back": 20,
        "points_absorbed": 0,
        "points_given_back": 5,
        "points_lost": 0,
        "pending_cancelled": 0,
        "points_owed": 0,
        "available": 10,
        "completes": True,
    }
    assert everything(conn) == before
    done = browser.post(f"{receipt(chain.in_ueno)}/returns", request()).json()
    assert (done["effect"], done["replayed"]) == (quoted.json(), False)
    assert balance_of(browser, chain.hanako)["available"] == 10


def test_pitfall_a_second_tap_returns_nothing_twice(signed_in, chain, conn, clock):
    browser = signed_in("staff")
    body = request()
    first = browser.post(f"{receipt(chain.in_shibuya)}/returns", body).json()
    after = everything(conn)
    clock.advance(minutes=3)
    again = browser.post(f"{receipt(chain.in_shibuya)}/returns", body).json()
    assert again == first | {"replayed": True}
    assert everything(conn) == after
    conn.rollback()
    assert [one.action for one in audit.list_events(conn, None, 10)].count("return.record") == 1


def test_another_return_under_the_same_request_is_refused(signed_in, chain, conn):
    browser = signed_in("staff")
    body = request()
    assert browser.post(f"{receipt(chain.in_shibuya)}/returns", body).status_code == 200
    after = everything(conn)
    assert problem_of(browser.post(f"{receipt(chain.in_ueno)}/returns", body)) == (409, "idempotency-conflict")
    assert everything(conn) == after


def test_more_than_was_bought_is_refused(signed_in, chain, conn):
    browser = signed_in("staff")
    before = everything(conn)
    for goods in ({"lines": [{"line": 1, "quantity": 2}]}, {"lines": [{"line": 2, "quantity": 1}]}):
        for answer in (
            browser.post(f"{receipt(chain.in_shibuya)}/returns:quote", goods),
            browser.post(f"{receipt(chain.in_shibuya)}/returns", request(goods)),
        ):
            assert problem_of(answer) == (422, "invalid-return")
    assert problem_of(browser.post(f"{receipt(chain.in_shibuya)}/returns", request({"lines": []})))[0] == 422
    assert everything(conn) == before


def test_the_receipt_shows_what_came_back_at_the_counter_and_in_the_console(signed_in, chain):
    browser = signed_in("owner")
    detail = browser.get(receipt(chain.in_ueno)).json()
    assert [(line["pieces"], line["returned"]) for line in detail["lines"]] == [(1, 0)]
    assert detail["returns"] == []
    done = browser.post(f"{receipt(chain.in_ueno)}/returns", request(LINES)).json()
    detail = browser.get(receipt(chain.in_ueno)).json()
    assert detail == browser.get(f"/api/console/purchases/{chain.in_ueno.purchase_id}").json()
    assert [(line["pieces"], line["returned"]) for line in detail["lines"]] == [(1, 1)]
    (one,) = detail["returns"]
    assert (one["return_id"], one["lines"]) == (done["return_id"], LINES["lines"])
    assert (one["refund_yen"], one["pay_back_yen"], one["completes"]) == (2_205, 2_200, True)
    assert (one["points_taken_back"], one["points_given_back"]) == (20, 5)
    assert sorted((entry["type"], entry["points"]) for entry in one["entries"]) == [
        ("give_back", 5),
        ("take_back", -20),
    ]


def test_the_timeline_puts_a_return_with_its_receipt(signed_in, chain):
    browser = signed_in("owner")
    browser.post(f"{receipt(chain.in_ueno)}/returns", request())
    timeline = browser.get(f"/api/console/customers/{chain.hanako}/timeline").json()["items"]
    (item,) = [one for one in timeline if one["purchase"]["external_id"] == "R-2"]
    assert item["returned_yen"] == 2_205
    assert sorted(entry["points"] for entry in item["entries"]) == [-20, -5, 5, 20]
    assert [one["returned_yen"] for one in timeline if one["purchase"]["external_id"] == "R-1"] == [0]


def test_what_was_spent_already_is_owed_and_every_balance_says_so(signed_in, chain, conn):
    """Hanako has 25 points and spends them all; then the goods that had earned 20 come back."""
    browser = signed_in("staff")
    identifiers = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
    spending = make_purchase(25, external_id="R-9", store="UENO", identifiers=identifiers, points_to_use=25)
    record_purchases(conn, make_context(conn), [spending], NOW)
    conn.commit()
    assert balance_of(browser, chain.hanako)["owed"] == 0
    effect = browser.post(f"{receipt(chain.in_ueno)}/returns", request()).json()["effect"]
    assert (effect["points_taken_back"], effect["points_given_back"]) == (20, 5)
    assert (effect["points_owed"], effect["available"]) == (15, 0)
    balance = balance_of(browser, chain.hanako)
    assert (balance["owed"], balance["available"], balance["lots"]) == (15, 0, [])


def test_staff_of_another_store_see_and_return_nothing(signed_in, chain, conn):
    browser = signed_in("staff", ["SHIBUYA"])
    before = everything(conn)
    hidden = receipt(chain.in_ueno)
    for answer in (
        browser.get(hidden),
        browser.post(f"{hidden}/returns:quote", ALL),
        browser.post(f"{hidden}/returns", request()),
    ):
        assert problem_of(answer) == (404, "not-found")
    assert everything(conn) == before
    assert browser.get(receipt(chain.in_shibuya)).status_code == 200


def test_who_may_not_take_goods_back_is_refused(signed_in, chain, conn):
    browser = signed_in("auditor")
    before = everything(conn)
    for path, body in (("returns:quote", ALL), ("returns", request())):
        assert problem_of(browser.post(f"{receipt(chain.in_ueno)}/{path}", body)) == (403, "permission-denied")
    assert everything(conn) == before


def test_a_return_is_on_record_with_who_took_it(signed_in, chain, conn):
    browser = signed_in("staff")
    done = browser.post(f"{receipt(chain.in_ueno)}/returns", request()).json()
    conn.rollback()
    event = audit.list_events(conn, None, 1)[0]
    assert (event.action, event.target) == ("return.record", f"purchase:{chain.in_ueno.purchase_id}")
    assert event.actor.startswith("operator:")
    assert event.detail == {
        "return_id": done["return_id"],
        "refund_yen": 2_205,
        "points_taken_back": 20,
        "points_given_back": 5,
    }


def test_a_receipt_without_a_customer_comes_back_without_points(signed_in, chain):
    done = signed_in("staff").post(f"{receipt(chain.anonymous)}/returns", request()).json()["effect"]
    assert (done["refund_yen"], done["pay_back_yen"], done["available"]) == (550, 550, None)
