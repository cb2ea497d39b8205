"""What went wrong with points elsewhere, from end to end; ``docs/explanation/known-failures.md`` lists all of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import structs
from tests.flows.factories import (
    JST,
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
)

from enishi import ledger, program
from enishi.flows import RecordedReturn, expire_points, record_purchases, record_returns
from enishi.program import MonthsToMonthEnd
from enishi.purchases import InvalidReturn, Line, Receipt, Return, ReturnedLine


def buy(conn, context, *lines: Line, at: datetime = NOON, points: int = 0):
    purchase = make_purchase(lines=lines, identifiers=card("1"), occurred_at=at, points_to_use=points)
    (outcome,) = record_purchases(conn, context, [purchase], max(at, NOW))
    return purchase, outcome


def back_of(purchase, number: str, *lines: ReturnedLine, at: datetime = NOW) -> Return:
    receipt = Receipt(purchase.source, purchase.external_id)
    return Return(source="pos", external_id=number, store="S1", occurred_at=at, receipt=receipt, lines=lines)


def balance_of(conn, on: date) -> ledger.Balance:
    with conn.transaction():
        return ledger.load_balance(conn, customer_of(conn, "1"), on)


def test_buying_and_returning_over_and_over_leaves_no_points(database, conn):
    """Refunded goods whose points stayed were a way to make points without an end."""
    context = make_context(conn)
    for turn in range(5):
        purchase, bought = buy(conn, context, Line("A", 1, 11_000))
        assert bought.points_earned == 100
        (returned,) = record_returns(conn, context, [back_of(purchase, f"B{turn}")], NOW)
        assert returned.points_taken_back == 100
    balance = balance_of(conn, NOW.date())
    assert (balance.available, balance.owed) == (0, 0)
    assert_proven(database, context)


def test_a_refund_in_parts_gives_the_used_points_back_once(database, conn):
    """Elsewhere each part of a refund deducted, or gave, the used points again."""
    context = make_context(conn)
    give_points(conn, context, "1", 90)
    purchase, _ = buy(conn, context, Line("A", 3, 100), points=90)
    assert balance_of(conn, NOW.date()).available == 1
    parts = [back_of(purchase, f"B{part}", ReturnedLine(1, 1)) for part in range(3)]
    outcomes = record_returns(conn, context, [*parts, *parts], NOW)
    assert [one.points_given_back for one in outcomes[:3]] == [30, 30, 30]
    assert all(isinstance(one, RecordedReturn) and one.replayed for one in outcomes[3:])
    (more,) = record_returns(conn, context, [back_of(purchase, "B4", ReturnedLine(1, 1))], NOW)
    assert isinstance(more, InvalidReturn)
    assert balance_of(conn, NOW.date()).available == 90
    assert_proven(database, context)


def test_old_spends_do_not_eat_what_was_earned_after_an_expiry(database, conn):
    """Without lots, expired credits dropped out of the sum while old debits stayed, and the balance collapsed."""
    context = make_context(conn, structs.replace(program.default_settings(), expiry=MonthsToMonthEnd(0)))
    buy(conn, context, Line("A", 1, 11_000))
    buy(conn, context, Line("A", 1, 80), points=80)
    december = datetime(2026, 12, 5, 12, 0, tzinfo=JST)
    buy(conn, context, Line("A", 1, 5_500), at=december)
    assert balance_of(conn, december.date()).available == 50
    expire_points(conn, context, december)
    balance = balance_of(conn, december.date())
    assert (balance.available, balance.owed, [lot.points for lot in balance.lots]) == (50, 0, [50])
    assert_proven(database, context)


def test_a_reward_that_is_paid_with_points_earns_none(database, conn):
    """Elsewhere the line of the reward itself earned points."""
    context = make_context(conn)
    give_points(conn, context, "1", 1_100)
    _, reward = buy(conn, context, Line("REWARD", 1, 1_100), points=1_100)
    assert (reward.points_used, reward.points_earned, reward.balance.available) == (1_100, 0, 0)
    _, mixed = buy(conn, context, Line("GIFT", 1, 0), Line("A", 1, 1_100), at=NOON + timedelta(minutes=1))
    assert mixed.points_earned == 10
    assert_proven(database, context)
