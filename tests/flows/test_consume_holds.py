"""A purchase is paid with points on hold in one step: captured once, in the transaction that records it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import psycopg
import pytest
from msgspec import structs
from tests.flows.factories import (
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
    refusal_of,
    state_of,
)

from enishi import ledger, purchases
from enishi.flows import CaptureHold, ChangedHold, PlaceHold, RecordedPurchase, ReleaseHold, change_holds, explain_entry
from enishi.flows.quote_purchases import quote_purchases
from enishi.flows.record_purchases import record_purchases
from enishi.flows.record_returns import record_returns
from enishi.kit.ids import new_id
from enishi.purchases import Receipt, Return, ReturnedLine


@pytest.fixture
def context(conn):
    context = make_context(conn)
    give_points(conn, context, "1", 100)
    return context


def hold(conn, context, points=60, number="1", external_id="CART", **fields):
    order = PlaceHold(
        **({"source": "ec", "external_id": external_id, "identifiers": card(number), "points": points, "store": "EC"}
           | fields)
    )  # fmt: skip
    (outcome,) = change_holds(conn, context, [order], NOW)
    assert isinstance(outcome, ChangedHold), outcome
    return outcome.hold.hold_id


def order(hold_id, price=1_100, **fields):
    return make_purchase(
        price,
        **({"source": "ec", "external_id": "ORDER", "store": "EC", "identifiers": card("1"), "hold_id": hold_id}
           | fields),
    )  # fmt: skip


def record(conn, context, purchase, now=NOW):
    (outcome,) = record_purchases(conn, context, [purchase], now)
    return outcome


def balance(conn):
    with conn.transaction():
        return ledger.load_balance(conn, customer_of(conn, "1"), NOW.date()).available


def held(conn, hold_id):
    with conn.transaction():
        return ledger.load_holds(conn, [hold_id])[hold_id]


def entries(conn):
    with conn.transaction():
        found = ledger.list_entries(conn, customer_of(conn, "1"), None, 50)
    return [(one.type.value, one.points, one.purchase_id is not None) for one in reversed(found)]


def test_the_whole_hold_pays_where_nothing_else_is_said(database, conn, context):
    hold_id = hold(conn, context)
    assert balance(conn) == 40
    recorded = record(conn, context, order(hold_id))
    assert (recorded.points_used, recorded.points_earned, recorded.balance.available) == (60, 9, 49)
    assert entries(conn) == [
        ("earn", 100, True),
        ("hold", -60, False),
        ("release", 60, False),
        ("spend", -60, True),
        ("earn", 9, True),
    ]
    settled = held(conn, hold_id)
    assert (settled.state.value, settled.captured_points, settled.purchase_id) == (
        "captured",
        60,
        recorded.purchase_id,
    )
    with conn.transaction():
        assert purchases.load_purchase(conn, recorded.purchase_id).points_to_use == 60
    assert_proven(database, context)


def test_a_part_pays_and_the_rest_is_the_customers_again(database, conn, context):
    hold_id = hold(conn, context)
    recorded = record(conn, context, order(hold_id, points_to_use=25))
    assert (recorded.points_used, recorded.balance.available) == (25, 84)
    assert held(conn, hold_id).captured_points == 25
    assert balance(conn) == 84
    assert_proven(database, context)


def test_no_more_is_used_than_there_is_to_pay(conn, context):
    recorded = record(conn, context, order(hold(conn, context), price=44))
    assert (recorded.points_used, recorded.points_earned, recorded.balance.available) == (44, 0, 56)


def test_a_quote_says_what_the_purchase_then_does_and_changes_nothing(conn, context):
    hold_id = hold(conn, context)
    before = state_of(conn)
    (quoted,) = quote_purchases(conn, context, [order(hold_id)], NOW)
    assert (quoted.points_used, quoted.points_earned, quoted.balance.available) == (60, 9, 49)
    assert state_of(conn) == before
    assert record(conn, context, order(hold_id)).balance == quoted.balance


def test_a_repeat_gets_the_first_answer_and_uses_nothing_twice(database, conn, context):
    hold_id = hold(conn, context)
    first = record(conn, context, order(hold_id))
    after = state_of(conn)
    again = record(conn, context, order(hold_id), NOW + timedelta(days=1))
    assert again == structs.replace(first, replayed=True)
    conflict = refusal_of(record(conn, context, order(new_id())))
    assert (conflict["code"], conflict["fields"]) == ("idempotency-conflict", ["points_to_use"])
    assert state_of(conn) == after
    assert_proven(database, context)


def test_receipts_without_a_hold_keep_the_fingerprint_they_had(context):
    purchase = make_purchase(identifiers=card("1"), external_id="X")
    at, lookups, lines = NOON, (b"l" * 32,), b"[]"
    plain = purchases.canonical_body(purchase, at, lookups, lines)
    hold_id = new_id()
    assert purchases.canonical_body(structs.replace(purchase, hold_id=hold_id), at, lookups, lines) != plain
    assert hold_id.bytes not in plain
    assert plain.split(b"\x1f")[2:] == [b"l" * 32]
    assert context


def refused(conn, context, purchase, now=NOW):
    before = state_of(conn)
    problem = refusal_of(record(conn, context, purchase, now))
    (quoted,) = quote_purchases(conn, context, [purchase], now)
    assert refusal_of(quoted)["code"] == problem["code"]
    assert state_of(conn) == before
    return problem


def test_a_hold_that_can_not_pay_is_refused_with_its_reason_and_nothing_changes(conn, context):
    give_points(conn, context, "2", 50)
    hold_id, other = hold(conn, context), hold(conn, context, 20, "2", "THEIRS")
    assert refused(conn, context, order(other))["code"] == "hold-of-another"
    small = refused(conn, context, order(hold_id, points_to_use=61))
    assert (small["code"], small["held"], small["requested"]) == ("hold-too-small", 60, 61)
    assert refused(conn, context, order(new_id()))["code"] == "not-found"
    assert refused(conn, context, order(hold_id, store="S1"))["code"] == "not-found"
    assert refused(conn, context, order(hold_id, identifiers=()))["code"] == "no-customer-for-points"
    assert refused(conn, context, order(hold_id, offline=True))["code"] == "invalid-purchase"
    assert refused(conn, context, order(hold_id, price=0))["code"] == "invalid-purchase"
    late = NOW + timedelta(minutes=30)
    assert refused(conn, context, order(hold_id), late)["code"] == "hold-lapsed"
    change_holds(conn, context, [ReleaseHold(hold_id=hold_id)], NOW)
    settled = refused(conn, context, order(hold_id))
    assert (settled["code"], settled["state"]) == ("hold-settled", "released")
    captured = hold(conn, context, 10, external_id="C")
    change_holds(conn, context, [CaptureHold(hold_id=captured)], NOW)
    assert refused(conn, context, order(captured))["state"] == "captured"


def test_of_two_orders_in_one_batch_the_first_has_the_hold(database, conn, context):
    hold_id = hold(conn, context)
    first, second = record_purchases(conn, context, [order(hold_id), order(hold_id, external_id="SECOND")], NOW)
    assert isinstance(first, RecordedPurchase)
    assert refusal_of(second)["code"] == "hold-settled"
    assert_proven(database, context)


def test_pitfall_of_many_who_use_one_hold_at_once_one_does(database, conn, context):
    """Eight orders, a capture and a release reach for the same hold: its points are used once, or not at all."""
    hold_id = hold(conn, context)
    barrier = Barrier(10)

    def reach(number: int) -> object:
        with psycopg.connect(database.app_dsn, autocommit=True) as own:
            barrier.wait()
            if number == 8:
                return change_holds(own, context, [CaptureHold(hold_id=hold_id)], NOW)[0]
            if number == 9:
                return change_holds(own, context, [ReleaseHold(hold_id=hold_id)], NOW)[0]
            return record_purchases(own, context, [order(hold_id, external_id=f"O{number}")], NOW)[0]

    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(reach, range(10)))
    won = [one for one in outcomes if isinstance(one, (RecordedPurchase, ChangedHold)) and not one.replayed]
    assert len(won) == 1, outcomes
    state = held(conn, hold_id)
    used = 0 if state.captured_points is None else state.captured_points
    earned = sum(one.points_earned for one in won if isinstance(one, RecordedPurchase))
    assert balance(conn) == 100 - used + earned
    assert_proven(database, context)


def test_returns_give_the_points_back_to_the_lots_the_hold_took_them_from(database, conn, context):
    hold_id = hold(conn, context)
    before = ledger.load_holds(conn, [hold_id])[hold_id].lots
    conn.rollback()
    two = (purchases.Line("A", 1, 550), purchases.Line("B", 1, 550))
    record(conn, context, order(hold_id, lines=two, points_to_use=40))
    back = Return(
        source="ec", external_id="B1", store="EC", occurred_at=NOON, receipt=Receipt("ec", "ORDER"),
        lines=(ReturnedLine(1, 1),),
    )  # fmt: skip
    (half,) = record_returns(conn, context, [back], NOW)
    assert half.points_given_back == 20
    (rest,) = record_returns(conn, context, [structs.replace(back, external_id="B2", lines=())], NOW)
    assert (rest.points_given_back, rest.completes) == (20, True)
    assert balance(conn) == 100
    with conn.transaction():
        found = ledger.list_entries(conn, customer_of(conn, "1"), None, 50)
    given = [one.moves[0].expires_on for one in found if one.type.value == "give_back"]
    assert given == [before[0].expires_on] * 2
    assert_proven(database, context)


def test_points_owed_meanwhile_do_not_take_what_was_promised(database, conn, context):
    """All else is spent and the goods that had earned them come back: the hold pays, its rest is set against it."""
    hold_id = hold(conn, context)
    record(conn, context, make_purchase(40, external_id="SPEND", identifiers=card("1"), points_to_use=40))
    with conn.transaction():
        (number,) = conn.execute("select external_id from purchases.purchases order by occurred_at limit 1").fetchone()
    back = Return(source="pos", external_id="B", store="S1", occurred_at=NOON, receipt=Receipt("pos", number))
    (returned,) = record_returns(conn, context, [back], NOW)
    assert returned.points_owed == 100
    recorded = record(conn, context, order(hold_id, points_to_use=50))
    assert (recorded.points_used, recorded.points_earned) == (50, 9)
    assert (recorded.balance.available, recorded.balance.owed) == (0, 100 - 10 - 9)
    assert_proven(database, context)


def test_the_entries_say_which_order_the_points_were_held_for(conn, context):
    recorded = record(conn, context, order(hold(conn, context)))
    who = recorded.customer_id
    spent = explain_entry(conn, context, f"{who}-4", "ja")
    assert spent.sentence == "ご注文 CART のお支払いに、仮押さえしていた 60pt(1pt = 1円)を使いました。"
    assert spent.purchase.external_id == "ORDER"
    back = explain_entry(conn, context, f"{who}-3", "en")
    assert back.sentence == "60pt set aside for the order CART were put back when it was paid."


def test_verify_sees_a_hold_that_was_captured_for_other_points_than_were_used(conn, context, database):
    hold_id = hold(conn, context)
    record(conn, context, order(hold_id))
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute("update ledger.holds set captured_points = 59 where hold_id = %s", (hold_id,))
    with conn.transaction():
        (difference,) = ledger.select_capture_differences(conn)
    assert (difference.field, difference.found, difference.derived) == (f"points used of hold {hold_id}", "59", "60")
