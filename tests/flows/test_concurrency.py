"""Many tills at once: no point is spent twice, no receipt counts twice, and no deadlock reaches a caller."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from tests.flows.factories import NOW, card, give_points, make_context, make_purchase

from enishi.flows import PurchaseContext, RecordedPurchase, record_purchases, verify_all
from enishi.kit.database import open_pool
from enishi.ledger import InsufficientPoints
from enishi.purchases import Purchase


@pytest.fixture
def context(conn):
    return make_context(conn)


def at_once(database, context: PurchaseContext, batches: list[list[Purchase]]) -> list[list[object]]:
    """Record each batch on a connection of its own, all starting at the same moment."""
    start = Barrier(len(batches))

    def run(batch: list[Purchase]) -> list[object]:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            return list(record_purchases(own, context, batch, NOW))

    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(run, batches))


def assert_proven(database, context: PurchaseContext) -> None:
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = verify_all(pool, context)
    assert outcome.is_clean, outcome


def test_of_fifty_concurrent_spends_as_many_succeed_as_the_balance_covers(database, conn, context):
    give_points(conn, context, "1", 100)
    batches = [[make_purchase(13, identifiers=card("1"), points_to_use=13)] for _ in range(50)]
    outcomes = [outcome for answers in at_once(database, context, batches) for outcome in answers]
    assert sum(isinstance(one, RecordedPurchase) for one in outcomes) == 7
    assert sum(isinstance(one, InsufficientPoints) for one in outcomes) == 43
    assert conn.execute("select balance, seq from ledger.accounts").fetchall() == [(100 - 7 * 13, 8)]
    assert conn.execute("select count(*) from purchases.purchases").fetchone() == (8,)
    conn.rollback()
    assert_proven(database, context)


def test_one_receipt_sent_by_twenty_tills_at_once_is_recorded_once(database, conn, context):
    purchase = make_purchase(5_500, identifiers=card("FRESH"))
    outcomes = [answers[0] for answers in at_once(database, context, [[purchase]] * 20)]
    assert sum(not one.replayed for one in outcomes) == 1
    assert len({(one.purchase_id, one.awards, one.balance) for one in outcomes}) == 1
    assert conn.execute("select count(*), sum(points) from ledger.journal").fetchone() == (1, 50)
    assert conn.execute("select count(*) from customers.customers").fetchone() == (1,)


def test_one_anonymous_receipt_sent_twice_at_once_is_recorded_once(database, conn, context):
    purchase = make_purchase(5_500)
    outcomes = [answers[0] for answers in at_once(database, context, [[purchase]] * 8)]
    assert sorted(one.replayed for one in outcomes) == [False] + [True] * 7
    assert conn.execute("select count(*) from purchases.purchases").fetchone() == (1,)


def test_a_new_card_seen_by_many_tills_at_once_becomes_one_customer(database, conn, context):
    batches = [[make_purchase(1_100, identifiers=card("NEW"))] for _ in range(12)]
    outcomes = [answers[0] for answers in at_once(database, context, batches)]
    assert {one.points_earned for one in outcomes} == {10}
    assert len({one.customer_id for one in outcomes}) == 1
    assert sorted(one.balance.available for one in outcomes) == [10 * n for n in range(1, 13)]


@pytest.mark.parametrize("order", [sorted, lambda cards: sorted(cards, reverse=True)])
def test_batches_over_the_same_customers_in_opposite_order_both_succeed(
    database, conn, context, order: Callable[[list[str]], list[str]]
):
    cards = [f"C{number:02}" for number in range(40)]
    for number in cards[:20]:
        give_points(conn, context, number, 50)
    batches = [
        [make_purchase(1_105, identifiers=card(number), points_to_use=5 * (number < "C20")) for number in sequence]
        for sequence in (cards, order(cards[::-1]), cards[::-1], cards[20:] + cards[:20])
    ]
    outcomes = [outcome for answers in at_once(database, context, batches) for outcome in answers]
    assert [type(one) for one in outcomes] == [RecordedPurchase] * 160
    assert conn.execute("select count(*) from customers.customers").fetchone() == (40,)
    conn.rollback()
    assert_proven(database, context)
