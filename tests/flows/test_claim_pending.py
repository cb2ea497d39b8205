"""A claimed receipt of a channel whose points are pending waits as it would have waited with the card."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import msgspec
import psycopg
from tests.flows.factories import JST, NOON, NOW, assert_proven, card, customer_of, make_context, make_purchase

from enishi import ledger, program
from enishi.flows import (
    Cancellation,
    Claim,
    EventReport,
    cancel_purchases,
    claim_purchases,
    confirm_due_points,
    record_purchase_events,
    record_purchases,
    record_returns,
)
from enishi.program import AfterDays, OnEvent, PurchaseEvent
from enishi.purchases import Channel, Line, Receipt, Return, ReturnedLine

DELIVERED = PurchaseEvent.DELIVERED
LATER = NOW + timedelta(days=2)


def context_with(conn, rule):
    context = make_context(conn, msgspec.structs.replace(program.default_settings(), pending={Channel.EC: rule}))
    customer_of(conn, "1")
    return context


def sell(conn, context, **fields):
    """An order of the online shop that names nobody: two pieces, 60 points."""
    values = {"channel": Channel.EC, "source": "shop", "lines": (Line("A", 2, 3_300),)}
    purchase = make_purchase(**(values | fields))
    (recorded,) = record_purchases(conn, context, [purchase], NOW)
    return purchase, recorded.purchase_id


def claim(conn, context, purchase, now=LATER, number: str = "1"):
    one = Claim(
        source="mypage",
        receipt=purchase.external_id,
        store="S1",
        on=NOON.date(),
        total_yen=6_600,
        identifiers=card(number),
    )
    (outcome,) = claim_purchases(conn, context, [one], "system", now)
    return outcome


def tell(conn, context, purchase_id, now=LATER, at=None):
    one = EventReport(purchase_id=purchase_id, event=DELIVERED, occurred_at=at)
    (outcome,) = record_purchase_events(conn, context, [one], now)
    return outcome


def state(conn, purchase_id):
    rows = ledger.pending_of_purchases(conn, [purchase_id]).get(purchase_id, [])
    balance = ledger.load_balance(conn, customer_of(conn, "1"), date(2026, 11, 30)).available
    conn.rollback()
    return [(one.state.value, one.points, one.cancelled_points) for one in rows], balance


def test_points_of_a_claim_are_pending_and_come_on_the_day_of_the_purchases_own(database, conn):
    context = context_with(conn, AfterDays(7))
    purchase, purchase_id = sell(conn, context)
    claimed = claim(conn, context, purchase)
    assert (claimed.points_earned, claimed.awards, claimed.balance.available) == (0, (), 0)
    assert [(one.points, one.due_on) for one in claimed.pending] == [(60, date(2026, 11, 27))]
    assert state(conn, purchase_id) == ([("pending", 60, 0)], 0)
    assert claim(conn, context, purchase) == msgspec.structs.replace(claimed, replayed=True)
    assert confirm_due_points(conn, context, datetime(2026, 11, 27, 0, 0, tzinfo=JST)) == 60
    assert state(conn, purchase_id) == ([("confirmed", 60, 0)], 60)
    assert conn.execute("select month, amount_yen, purchases, points_earned from ranks.progress").fetchall() == [
        (date(2026, 11, 1), 6_600, 1, 60)
    ]
    conn.rollback()
    assert_proven(database, context)


def test_points_whose_day_has_come_by_the_claim_are_there_at_once(database, conn):
    context = context_with(conn, AfterDays(2))
    purchase, purchase_id = sell(conn, context)
    claimed = claim(conn, context, purchase, LATER + timedelta(days=3))
    assert (claimed.points_earned, claimed.pending, claimed.balance.available) == (60, (), 60)
    entry = ledger.load_entry(conn, claimed.awards[0].entry_id)
    conn.rollback()
    assert (entry.points, entry.occurred_at) == (60, datetime(2026, 11, 22, 0, 0, tzinfo=JST))
    assert state(conn, purchase_id) == ([("confirmed", 60, 0)], 60)
    assert confirm_due_points(conn, context, LATER + timedelta(days=9)) == 0
    assert_proven(database, context)


def test_an_event_from_before_the_claim_is_not_forgotten(database, conn):
    context = context_with(conn, OnEvent(DELIVERED, 5))
    purchase, purchase_id = sell(conn, context)
    assert tell(conn, context, purchase_id, at=NOON + timedelta(days=1)).points_confirmed == 0
    claimed = claim(conn, context, purchase)
    assert [(one.points, one.due_on) for one in claimed.pending] == [(60, date(2026, 11, 26))]
    other, _ = sell(conn, context)
    assert claim(conn, context, other).pending[0].due_on is None
    assert_proven(database, context)


def test_an_event_after_the_claim_brings_the_points(database, conn):
    context = context_with(conn, OnEvent(DELIVERED))
    purchase, purchase_id = sell(conn, context)
    assert [one.event for one in claim(conn, context, purchase).pending] == ["delivered"]
    assert tell(conn, context, purchase_id).points_confirmed == 60
    assert state(conn, purchase_id) == ([("confirmed", 60, 0)], 60)
    assert_proven(database, context)


def test_what_comes_back_after_the_claim_is_cancelled_or_taken_back(database, conn):
    context = context_with(conn, OnEvent(DELIVERED))
    purchase, purchase_id = sell(conn, context)
    claim(conn, context, purchase)
    half = Return(
        source="shop", external_id="B1", store="S1", occurred_at=LATER, receipt=Receipt("shop", purchase.external_id),
        lines=(ReturnedLine(1, 1),),
    )  # fmt: skip
    (returned,) = record_returns(conn, context, [half], LATER)
    assert (returned.pending_cancelled, returned.points_taken_back) == (30, 0)
    assert tell(conn, context, purchase_id).points_confirmed == 30
    (rest,) = cancel_purchases(conn, context, [Cancellation(purchase_id=purchase_id)], LATER)
    assert (rest.pending_cancelled, rest.points_taken_back) == (0, 30)
    assert state(conn, purchase_id) == ([("confirmed", 60, 30)], 0)
    assert_proven(database, context)


def test_a_claim_and_the_news_of_delivery_at_once_leave_no_points_waiting(database, conn):
    """Whichever comes first, the points are there afterwards, once."""
    context = context_with(conn, OnEvent(DELIVERED))
    sold = [sell(conn, context) for _ in range(12)]
    start = Barrier(2)

    def run(work) -> None:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            for purchase, purchase_id in sold:
                work(own, purchase, purchase_id)

    with ThreadPoolExecutor(2) as threads:
        done = [
            threads.submit(run, lambda own, purchase, _: claim(own, context, purchase)),
            threads.submit(run, lambda own, _, purchase_id: tell(own, context, purchase_id)),
        ]
        for one in done:
            one.result()
    assert state(conn, sold[0][1])[1] == 12 * 60
    assert_proven(database, context)
