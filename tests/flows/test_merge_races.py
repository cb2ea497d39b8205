"""Merges beside live traffic: what waits for a merge sees who the customer is by then, and no two merges cross."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
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
)
from tests.flows.rank_factories import held, publish
from tests.flows.test_merge_customers import LATER, give_back, merge, part

from enishi.customers import MergeRefused
from enishi.flows import RecordedPurchase, record_purchases
from enishi.purchases import Line


def at_once(database, *runs):
    """Run each on a connection of its own, all starting at the same moment; what one raises is its result."""
    start = Barrier(len(runs))

    def run(one):
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            try:
                return one(own)
            except MergeRefused as refusal:
                return refusal

    with ThreadPoolExecutor(len(runs)) as threads:
        return list(threads.map(run, runs))


def test_of_two_merges_in_opposite_directions_one_is_refused(database, conn):
    context = make_context(conn)
    give_points(conn, context, "1", 10)
    give_points(conn, context, "2", 20)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    outcomes = at_once(database, lambda own: merge(own, context, one, two), lambda own: merge(own, context, two, one))
    assert sum(isinstance(outcome, MergeRefused) for outcome in outcomes) == 1
    assert sorted(conn.execute("select balance from ledger.accounts").fetchall()) == [(0,), (30,)]
    conn.rollback()
    assert_proven(database, context)


def test_a_merge_beside_purchases_by_both_cards_loses_none_and_books_none_on_the_absorbed(database, conn):
    context = make_context(conn)
    give_points(conn, context, "1", 10)
    give_points(conn, context, "2", 20)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    receipts = [make_purchase(identifiers=card("12"[number % 2])) for number in range(30)]

    def shop(batch):
        return lambda own: [outcome for each in batch for outcome in record_purchases(own, context, [each], NOW)]

    runs = [shop(receipts[start::3]) for start in range(3)]
    *bought, merged = at_once(database, *runs, lambda own: merge(own, context, one, two))
    outcomes = [outcome for each in bought for outcome in each]
    assert all(isinstance(outcome, RecordedPurchase) for outcome in outcomes)
    assert merged.merge_id is not None
    assert dict(conn.execute("select customer_id, balance from ledger.accounts").fetchall()) == {one: 330, two: 0}
    conn.rollback()
    assert_proven(database, context)
    part(conn, context, two)
    assert dict(conn.execute("select customer_id, balance from ledger.accounts").fetchall()) == {one: 160, two: 170}
    conn.rollback()
    assert_proven(database, context)


@pytest.mark.parametrize("seed", range(6))
def test_two_who_were_merged_and_parted_are_as_two_who_never_were(database, conn, seed):
    """The same life twice: of two people who are merged for a while, and of two who are not."""
    draw = random.Random(seed)  # noqa: S311 - it draws a life, not a secret
    context = make_context(conn)
    publish(conn)
    twin = {"1": "A1", "2": "A2"}
    bought: list[tuple[object, object]] = []

    def available(number: str) -> int:
        row = conn.execute(
            "select greatest(0, balance) from ledger.accounts where customer_id = %s", (customer_of(conn, number),)
        ).fetchone()
        conn.rollback()
        return row[0] if row else 0

    def step() -> None:
        number = draw.choice("12")
        if bought and draw.random() < 0.3:
            pair = bought.pop(draw.randrange(len(bought)))
            for one in pair:
                give_back(conn, context, one, f"B{one.external_id}", LATER)
            return
        points = draw.randint(0, min(300, available(number), available(twin[number]))) if draw.random() < 0.5 else 0
        yen = draw.choice([330, 1_100, 4_400, 9_900]) + points
        pair = [
            make_purchase(lines=(Line("A", 1, yen),), identifiers=card(each), occurred_at=NOON, points_to_use=points)
            for each in (number, twin[number])
        ]
        outcomes = [record_purchases(conn, context, [each], LATER)[0] for each in pair]
        assert all(isinstance(outcome, RecordedPurchase) for outcome in outcomes), outcomes
        bought.append((pair[0], pair[1]))

    for number in ("1", "2", "A1", "A2"):
        give_points(conn, context, number, 40)
    for _ in range(6):
        step()
    ids = {number: customer_of(conn, number) for number in ("1", "2", "A1", "A2")}
    merge(conn, context, ids["1"], ids["2"], now=LATER)
    for _ in range(10):
        step()
    assert_proven(database, context)
    part(conn, context, ids["2"], now=LATER)
    for _ in range(4):
        step()
    assert_proven(database, context)
    for number, other in twin.items():
        assert state(conn, ids[number]) == state(conn, ids[other])
        mine, theirs = held(conn, ids[number]), held(conn, ids[other])
        assert (mine and mine[0], mine and mine[2]) == (theirs and theirs[0], theirs and theirs[2])


def state(conn, customer_id):
    rows = conn.execute("select balance, lots::text from ledger.accounts where customer_id = %s", (customer_id,))
    found = rows.fetchall()
    rows = conn.execute(
        """
        select month, amount_yen, net_yen, purchases, points_earned, days from ranks.progress
        where customer_id = %s and (amount_yen, purchases, points_earned, days) <> (0, 0, 0, 0) order by month
        """,
        (customer_id,),
    )
    found += rows.fetchall()
    conn.rollback()
    return found


def test_the_statement_that_finds_a_card_is_what_it_was(conn):
    """Tills pay nothing for merges: the identifier itself goes over, so nothing is looked up besides."""
    context = make_context(conn)
    give_points(conn, context, "1", 10)
    give_points(conn, context, "2", 20)
    answer = merge(conn, context, customer_of(conn, "1"), customer_of(conn, "2"))
    assert structs.asdict(answer)["identifiers"] == 1
    rows = conn.execute(
        "select kind, customer_id, merged_from from customers.identifiers order by merged_from"
    ).fetchall()
    conn.rollback()
    assert rows == [("card", answer.survivor.customer_id, answer.absorbed.customer_id),
                    ("card", answer.survivor.customer_id, None)]  # fmt: skip
