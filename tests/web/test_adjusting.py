"""Points moved by hand on a customer's page: quoted, recorded once, within limits, and frozen or given again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.flows.factories import MASTER_KEY, NOON, NOW, make_purchase
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import audit, flows, program
from enishi.customers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring
from enishi.program import MonthsToMonthEnd
from enishi.purchases import Channel

CUSTOMERS = "/api/console/customers"


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def body(points: int, **fields: Any) -> dict[str, Any]:
    return {"points": points, "reason": "apology", "store": "SHIBUYA"} | fields


def record(browser, customer_id, points: int, **fields: Any):
    sent = body(points, **{"request_id": str(uuid4())} | fields)
    return browser.post(f"{CUSTOMERS}/{customer_id}/adjustments", sent)


def points_of(browser, customer_id) -> dict[str, Any]:
    answer = browser.get(f"{CUSTOMERS}/{customer_id}/points")
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(conn, *actions: str) -> list[audit.Event]:
    conn.rollback()
    return [event for event in audit.list_events(conn, None, 100) if event.action in actions]


def test_the_form_knows_reasons_stores_limits_and_what_is_left_of_the_day(signed_in, chain):
    browser = signed_in("store_manager", ["UENO"])
    page = browser.get("/api/console/points/adjusting").json()
    assert [one["code"] for one in page["reasons"]][:2] == ["apology", "missing-points"]
    assert page["stores"] == [{"code": "UENO", "name": "上野店"}]
    assert page["limit"] == {"points_each": 10_000, "points_a_day": 50_000, "alone_up_to": 3_000}
    assert (page["left_today"], page["today"], page["regular_until"]) == (50_000, "2026-11-20", "2027-11-30")
    assert record(browser, chain.hanako, -20, store="UENO").status_code == 200
    assert browser.get("/api/console/points/adjusting").json()["left_today"] == 49_980


def test_an_adjustment_is_shown_before_it_is_made_and_a_second_click_makes_it_once(signed_in, chain, conn):
    browser = signed_in("store_manager")
    quoted = browser.post(f"{CUSTOMERS}/{chain.hanako}/adjustments:quote", body(500)).json()
    effect = {"available_before": 25, "available_after": 525, "owed_before": 0, "owed_after": 0}
    assert quoted == {"waits": False, "points": 500, "expires_on": "2027-11-30", "effect": effect}
    assert points_of(browser, chain.hanako)["balance"]["available"] == 25
    request_id = str(uuid4())
    first = record(browser, chain.hanako, 500, request_id=request_id, note="レジの打ち間違い").json()
    assert (first["state"], first["replayed"], first["available"]) == ("done", False, 525)
    again = record(browser, chain.hanako, 500, request_id=request_id, note="レジの打ち間違い").json()
    assert again == first | {"replayed": True}
    other = record(browser, chain.hanako, 501, request_id=request_id)
    assert problem_of(other) == (409, "idempotency-conflict")
    assert points_of(browser, chain.hanako)["balance"]["available"] == 525
    (event,) = events(conn, "points.adjusted")
    assert (event.detail["points"], event.detail["reason"], event.actor[:9]) == (500, "apology", "operator:")


def test_the_note_is_for_head_office_and_for_no_page_that_customers_see(signed_in, chain):
    browser = signed_in("owner")
    entry_id = record(browser, chain.hanako, 500, note="レジの打ち間違い").json()["entry_id"]
    told = {
        face: [one["label"] for one in browser.get(f"/api/{face}/entries/{entry_id}/explanation").json()["steps"]]
        for face in ("console", "counter")
    }
    assert [one for one in told["console"] if one not in told["counter"]] == ["メモ（社内のみ）"]


def test_above_the_limit_it_goes_to_a_second_person_and_moves_nothing_yet(signed_in, chain, conn):
    browser = signed_in("store_manager")
    quoted = browser.post(f"{CUSTOMERS}/{chain.hanako}/adjustments:quote", body(3_001)).json()
    assert (quoted["waits"], quoted["effect"]["available_after"]) == (True, 3_026)
    asked = record(browser, chain.hanako, 3_001).json()
    assert (asked["state"], asked["available"], asked["entry_id"]) == ("waiting", None, None)
    page = points_of(browser, chain.hanako)
    assert page["balance"]["available"] == 25
    (waiting,) = page["requests"]
    assert (waiting["request_id"], waiting["may_decide"]) == (asked["request_id"], "own")
    assert [event.action for event in events(conn, "points.adjustment_requested", "points.adjusted")] == [
        "points.adjustment_requested"
    ]


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({"points": 10_001}, 403, "adjustment-beyond-limit", "points"),
        ({"points": -26}, 409, "insufficient-points", "points"),
        ({"points": 0}, 422, "invalid-request", "points"),
        ({"reason": "because"}, 422, "invalid-request", "reason"),
        ({"store": "NOWHERE"}, 422, "invalid-request", "store"),
        ({"expires_on": "2026-11-19"}, 422, "invalid-request", "expires_on"),
        ({"note": "\u0000"}, 422, "invalid-request", "note"),
        ({"kind": "golden"}, 422, "invalid-request", "kind"),
        ({"points": 1.5}, 422, "invalid-request", "points"),
        ({"more": 1}, 422, "invalid-request", "more"),
    ],
)
def test_what_can_not_be_adjusted_is_refused_by_name_before_and_then(
    signed_in, chain, conn, fields, status, code, field
):
    browser = signed_in("store_manager")
    sent = body(5) | fields
    for path, extra in (("adjustments:quote", {}), ("adjustments", {"request_id": str(uuid4())})):
        refused = browser.post(f"{CUSTOMERS}/{chain.hanako}/{path}", sent | extra)
        assert (*problem_of(refused), refused.json()["field"]) == (status, code, field)
    assert points_of(browser, chain.hanako)["balance"]["available"] == 25
    assert events(conn, "points.adjusted", "points.adjustment_requested") == []


def test_taking_more_than_there_is_can_be_owed(signed_in, chain):
    browser = signed_in("owner")
    quoted = browser.post(f"{CUSTOMERS}/{chain.hanako}/adjustments:quote", body(-30, allow_owing=True)).json()
    assert quoted["effect"] == {"available_before": 25, "available_after": 0, "owed_before": 0, "owed_after": 5}
    assert record(browser, chain.hanako, -30, allow_owing=True).json()["available"] == 0
    assert points_of(browser, chain.hanako)["balance"]["owed"] == 5


def test_only_who_may_adjusts_and_only_for_their_stores(signed_in, chain):
    for_ueno = signed_in("store_manager", ["UENO"])
    assert problem_of(record(for_ueno, chain.hanako, 5)) == (403, "permission-denied")
    assert problem_of(record(signed_in("auditor"), chain.hanako, 5)) == (403, "permission-denied")
    assert problem_of(record(signed_in("owner"), uuid4(), 5)) == (404, "not-found")
    assert points_of(for_ueno, chain.hanako)["balance"]["available"] == 25


def test_a_frozen_account_says_since_when_by_whom_and_why(signed_in, chain, conn):
    browser = signed_in("owner")
    path = f"{CUSTOMERS}/{chain.hanako}/freeze"
    frozen = browser.post(path, {"frozen": True, "reason": "短時間に多数の利用"}).json()
    assert (frozen["frozen_at"], frozen["replayed"]) == (NOW.isoformat(), False)
    again = browser.post(path, {"frozen": True, "reason": "もう一度"}).json()
    assert (again["frozen_at"], again["replayed"]) == ("2026-11-20T03:05:00Z", True)
    assert points_of(browser, chain.hanako)["frozen"] == {
        "since": "2026-11-20T03:05:00Z",
        "by": "the-owner",
        "reason": "短時間に多数の利用",
    }
    gift = {"recipient_id": str(chain.taro), "points": 5, "store": "UENO", "request_id": str(uuid4())}
    assert problem_of(browser.post(f"{CUSTOMERS}/{chain.hanako}/transfers", gift)) == (409, "account-frozen")
    assert problem_of(browser.post(path, {"frozen": False, "reason": " "})) == (422, "invalid-request")
    assert problem_of(browser.post(path, {"frozen": False, "reason": "a\u0000b"})) == (422, "invalid-request")
    assert browser.post(path, {"frozen": False, "reason": "本人と確認"}).json()["frozen_at"] is None
    assert points_of(browser, chain.hanako)["frozen"] is None
    assert [event.action for event in events(conn, "account.frozen", "account.unfrozen")] == [
        "account.unfrozen",
        "account.frozen",
    ]
    manager = signed_in("store_manager")
    assert problem_of(manager.post(path, {"frozen": True, "reason": "x"})) == (403, "permission-denied")


def expire_everything(conn, clock) -> str:
    """Let Hanako's points of November expire with December; gives the entry with which they did."""
    conn.rollback()
    clock.now = NOW + timedelta(days=45)
    context = flows.PurchaseContext(Keyring(MASTER_KEY))
    flows.expire_points(conn, context, clock.now)
    (row,) = conn.execute(
        "select customer_id || '-' || seq from ledger.journal where entry_type = 'expire' and points = -25"
    ).fetchall()
    conn.rollback()
    return row[0]


def test_expired_points_are_given_again_once_from_the_entry_with_which_they_expired(signed_in, conn, clock):
    chain = build_chain(conn, msgspec.structs.replace(program.default_settings(), expiry=MonthsToMonthEnd(1)))
    entry_id = expire_everything(conn, clock)
    browser = signed_in("store_manager")
    path = f"/api/console/entries/{entry_id}/reinstatement"
    sent = {"reason": "apology", "store": "SHIBUYA", "points": 20}
    quoted = browser.post(f"{path}:quote", sent).json()
    assert (quoted["points"], quoted["expired_points"], quoted["expires_on"]) == (20, 25, "2027-02-28")
    assert (quoted["available"], quoted["replayed"]) == (20, False)
    assert points_of(browser, chain.hanako)["balance"]["available"] == 0
    assert problem_of(browser.post(path, sent | {"points": 26})) == (422, "invalid-request")
    done = browser.post(path, sent).json()
    assert (done["points"], done["available"], done["replayed"]) == (20, 20, False)
    assert browser.post(path, sent).json() == done | {"replayed": True}
    assert problem_of(browser.post(path, sent | {"points": 5})) == (409, "idempotency-conflict")
    assert browser.post(f"{path}:quote", sent | {"points": 5}).json()["replayed"] is True
    assert points_of(browser, chain.hanako)["balance"]["available"] == 20
    (event,) = events(conn, "points.reinstated")
    assert (event.detail["points"], event.detail["entry_id"]) == (20, entry_id)
    no_entry = f"/api/console/entries/{chain.hanako}-1/reinstatement"
    assert problem_of(browser.post(no_entry, sent)) == (404, "not-found")
    assert problem_of(browser.post("/api/console/entries/nothing/reinstatement", sent)) == (404, "not-found")


def test_held_and_pending_points_are_told_apart_with_when_and_why(signed_in, conn):
    rule = program.AfterDays(20)
    settings = msgspec.structs.replace(program.default_settings(), pending={Channel.EC: rule})
    chain = build_chain(conn, settings)
    context = flows.PurchaseContext(Keyring(MASTER_KEY))
    phone = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
    order = make_purchase(1_100, identifiers=phone, channel=Channel.EC, store="UENO", occurred_at=NOON)
    flows.record_purchases(conn, context, [order], NOW)
    hold = flows.PlaceHold(
        source="ec", external_id="H1", customer_id=chain.hanako, points=15, store="UENO", ttl_seconds=600
    )
    flows.change_holds(conn, context, [hold], NOW)
    page = points_of(signed_in("auditor"), chain.hanako)
    assert (page["balance"]["available"], page["held"], page["pending"]) == (10, 15, 10)
    (held,) = page["holds"]
    assert (held["points"], held["store"]["name"], held["external_id"]) == (15, "上野店", "H1")
    assert held["expires_at"] == "2026-11-20T03:15:00Z"
    (award,) = page["awards"]
    assert (award["points"], award["due_on"], award["waits_for"]) == (10, "2026-12-10", None)
    assert award["reason"] == "税抜 ¥1,000 ÷ 100円 × 1pt = 10pt、端数切捨て"


def test_a_timeline_with_every_kind_of_entry_can_be_saved(signed_in, chain):
    browser = signed_in("owner")
    record(browser, chain.hanako, 500)
    saved = browser.get(f"{CUSTOMERS}/{chain.hanako}/timeline.csv?type=points")
    assert saved.status_code == 200
    assert "調整" in saved.text
