"""What purchases and returns count for towards ranks: amounts with and without tax, visits and points, by month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.flows.factories import NOON, NOW, assert_proven, card, make_context, make_purchase

from enishi.flows import claim_purchases, record_purchases, record_returns
from enishi.flows.claim_purchase import Claim
from enishi.purchases import Line, Receipt, Return, ReturnedLine, TaxMode

TWO_RATES = (Line("BREAD", 3, 108, tax_rate_percent=8), Line("BEER", 2, 1_100))
"""¥324 at 8 % and ¥2,200 at 10 %: ¥300 and ¥2,000 before tax."""


@pytest.fixture
def context(conn):
    return make_context(conn)


def progress(conn) -> list[tuple[object, ...]]:
    found = conn.execute(
        "select month, amount_yen, net_yen, purchases, points_earned, bit_count(days::bit(31))"
        " from ranks.progress order by month"
    ).fetchall()
    conn.rollback()
    return found


def record(conn, context, **fields):
    purchase = make_purchase(**({"identifiers": card("9001")} | fields))
    (outcome,) = record_purchases(conn, context, [purchase], NOW)
    assert hasattr(outcome, "purchase_id"), outcome
    return purchase


def give_back(conn, context, purchase, *lines: tuple[int, int], number: str) -> None:
    one = Return(
        source="pos",
        external_id=number,
        store="S1",
        occurred_at=NOW,
        receipt=Receipt(purchase.source, purchase.external_id),
        lines=tuple(ReturnedLine(*line) for line in lines),
    )
    (outcome,) = record_returns(conn, context, [one], NOW)
    assert hasattr(outcome, "return_id"), outcome


def test_amounts_count_with_tax_and_without_and_a_visit_is_a_day(conn, context, database):
    record(conn, context, lines=TWO_RATES)
    record(conn, context, lines=TWO_RATES, occurred_at=NOON - timedelta(hours=3))
    record(conn, context, lines=(Line("A", 1, 1_000),), tax_mode=TaxMode.EXCLUDED, occurred_at=NOON - timedelta(days=1))
    record(conn, context, lines=TWO_RATES, occurred_at=NOON - timedelta(days=31))
    assert progress(conn) == [
        (date(2026, 10, 1), 2_524, 2_300, 1, 23, 1),
        (date(2026, 11, 1), 2 * 2_524 + 1_100, 2 * 2_300 + 1_000, 3, 56, 2),
    ]
    assert_proven(database, context)


def test_a_day_is_a_visit_while_anything_bought_on_it_stays(conn, context, database):
    morning = record(conn, context, lines=TWO_RATES, occurred_at=NOON - timedelta(hours=3))
    noon = record(conn, context, lines=TWO_RATES)
    give_back(conn, context, morning, (1, 1), number="A")
    assert progress(conn) == [(date(2026, 11, 1), 2 * 2_524 - 108, 2 * 2_300 - 100, 2, 45, 1)]
    give_back(conn, context, morning, number="B")
    assert progress(conn) == [(date(2026, 11, 1), 2_524, 2_300, 1, 23, 1)]
    give_back(conn, context, noon, number="C")
    assert progress(conn) == [(date(2026, 11, 1), 0, 0, 0, 0, 0)]
    record(conn, context, lines=TWO_RATES, occurred_at=NOON - timedelta(hours=1))
    assert progress(conn) == [(date(2026, 11, 1), 2_524, 2_300, 1, 23, 1)]
    assert_proven(database, context)


def test_a_claimed_receipt_is_a_visit_on_its_own_day(conn, context, database):
    record(conn, context)
    anonymous = record(conn, context, identifiers=(), lines=TWO_RATES, occurred_at=NOON - timedelta(days=2))
    give_back(conn, context, anonymous, (1, 1), number="A")
    claim = Claim(
        source="counter",
        receipt=anonymous.external_id,
        store="S1",
        on=date(2026, 11, 18),
        total_yen=2_524,
        identifiers=card("9001"),
    )
    (outcome,) = claim_purchases(conn, context, [claim], "operator:1", NOW)
    assert outcome.points_earned == 22
    assert progress(conn) == [(date(2026, 11, 1), 1_100 + 2_416, 1_000 + 2_200, 2, 32, 2)]
    give_back(conn, context, anonymous, number="B")
    assert progress(conn) == [(date(2026, 11, 1), 1_100, 1_000, 1, 10, 1)]
    assert_proven(database, context)


def test_tax_that_is_rounded_leaves_no_yen_over_whatever_order_goods_come_back_in(conn, context, database):
    purchase = record(conn, context, lines=(Line("A", 3, 101, tax_rate_percent=8), Line("B", 2, 55)))
    for number, line in enumerate([(1, 1), (2, 1), (1, 1), (2, 1), (1, 1)]):
        give_back(conn, context, purchase, line, number=f"R{number}")
    assert progress(conn) == [(date(2026, 11, 1), 0, 0, 0, 0, 0)]
    assert_proven(database, context)
