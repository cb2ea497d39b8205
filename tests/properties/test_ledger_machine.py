"""A stateful machine: receipts in any order, sizes and days, repeated and contradicted, against a plain dictionary.

The model knows nothing of lots as rows or of transactions. It keeps, per card, the points that expire on each day,
and computes awards with fractions from the programme's published sentence: one point for each whole ¥100 without tax.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from msgspec.structs import replace
from tests.conftest import cloned_database
from tests.flows.factories import JST, card, make_context, make_purchase

from enishi import program
from enishi.flows import (
    PurchaseContext,
    RecordedPurchase,
    customer_overview,
    quote_purchases,
    record_purchases,
    verify_all,
)
from enishi.kit.database import Database, open_pool
from enishi.ledger import InsufficientPoints
from enishi.program import ExtendedByActivity, MonthsToMonthEnd
from enishi.purchases import IdempotencyConflict, Line, Purchase

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 23, 0, tzinfo=JST)
_lives = count(1)


def month_end(day: date, months: int) -> date:
    """The last day of the month that lies some months later."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def points_for(price_yen: int, points_used: int) -> int:
    """One point for each ¥100 without 10 % tax, of what is not paid with points; tax is rounded down."""
    paid = price_yen - points_used
    return int(Fraction(paid - paid * 10 // 110, 100))


class LedgerMachine(RuleBasedStateMachine):
    """One life: a few cards, their receipts, and what should have become of them."""

    conn: psycopg.Connection
    context: PurchaseContext
    extends: bool
    receipts = Bundle("receipts")

    def __init__(self) -> None:
        super().__init__()
        self.life = next(_lives)
        self.lots: dict[str, dict[date, int]] = {}
        self.customers: dict[str, object] = {}
        self.answers: dict[str, RecordedPurchase] = {}

    def expected_lots(self, name: str, on: date) -> dict[date, int]:
        return {day: points for day, points in sorted(self.lots.get(name, {}).items()) if day >= on}

    def take(self, name: str, points: int, on: date) -> None:
        for day in list(self.expected_lots(name, on)):
            used = min(points, self.lots[name][day])
            points -= used
            self.lots[name][day] -= used
            if not self.lots[name][day]:
                del self.lots[name][day]

    def give(self, name: str, points: int, on: date) -> date:
        held = self.lots.setdefault(name, {})
        until = month_end(on, 12)
        if self.extends:
            valid = list(self.expected_lots(name, on))
            until = max([until, *valid])
            points += sum(held.pop(day) for day in valid)
        held[until] = held.get(until, 0) + points
        return until

    def purchase(self, name: str, price_yen: int, points: int, days_ago: int) -> Purchase:
        occurred_at = datetime(2026, 11, 20, 12, 0, tzinfo=JST) - timedelta(days=days_ago)
        return make_purchase(
            lines=(Line("A", 1, price_yen),),
            identifiers=card(f"L{self.life}{name}"),
            points_to_use=points,
            occurred_at=occurred_at,
        )

    @rule(
        target=receipts,
        name=st.sampled_from("ABC"),
        price_yen=st.integers(0, 30_000),
        points=st.sampled_from([0, 0, 1, 7, 50, 400]),
        days_ago=st.sampled_from([0, 1, 30, 200, 364, 366, 395, 500]),
    )
    def buy(self, name: str, price_yen: int, points: int, days_ago: int):
        on = TODAY - timedelta(days=days_ago)
        purchase = self.purchase(name, price_yen, min(points, price_yen), days_ago)
        (quote,) = quote_purchases(self.conn, self.context, [purchase], NOW)
        (outcome,) = record_purchases(self.conn, self.context, [purchase], NOW)
        available = sum(self.expected_lots(name, on).values())
        if purchase.points_to_use > available:
            assert isinstance(outcome, InsufficientPoints)
            assert isinstance(quote, InsufficientPoints)
            assert outcome.extra["available"] == available
            return multiple()
        assert isinstance(outcome, RecordedPurchase)
        self.take(name, purchase.points_to_use, on)
        earned = points_for(price_yen, purchase.points_to_use)
        assert outcome.points_earned == earned
        assert (quote.points_earned, quote.balance) == (earned, outcome.balance)
        if earned:
            until = self.give(name, earned, on)
            assert [one.expires_on for one in outcome.awards] == [until]
        self.customers[name] = outcome.customer_id
        self.answers[purchase.external_id] = outcome
        return purchase

    @rule(purchase=receipts)
    def send_again(self, purchase: Purchase) -> None:
        first = self.answers[purchase.external_id]
        outcomes = record_purchases(self.conn, self.context, [purchase, purchase], NOW + timedelta(minutes=1))
        assert outcomes == [replace(first, replayed=True, occurred_at=outcomes[0].occurred_at)] * 2

    @rule(purchase=receipts, price_yen=st.integers(1, 30_000))
    def send_with_another_price(self, purchase: Purchase, price_yen: int) -> None:
        other = replace(purchase, lines=(Line("A", 1, price_yen + purchase.lines[0].unit_price_yen),))
        (outcome,) = record_purchases(self.conn, self.context, [other], NOW)
        assert isinstance(outcome, IdempotencyConflict)
        assert outcome.extra["fields"] == ["lines"]

    @invariant()
    def every_balance_is_what_the_model_says(self) -> None:
        for name, customer_id in self.customers.items():
            overview = customer_overview(self.conn, self.context, customer_id, now=NOW)
            found = {lot.expires_on: lot.points for lot in overview.balance.lots}
            assert found == self.expected_lots(name, TODAY)
            assert overview.balance.available == sum(found.values())
        self.conn.rollback()


POLICIES = {
    "months-to-month-end": MonthsToMonthEnd(12),
    "extended-by-activity": ExtendedByActivity(12, to_month_end=True),
}


@pytest.fixture(params=POLICIES.values(), ids=POLICIES.keys())
def world(request, server, admin_conn):
    """A database whose programme has this expiry policy; the machine's lives share it, each with cards of its own."""
    with cloned_database(server, admin_conn) as database, psycopg.connect(database.app_dsn) as conn:
        context = make_context(conn, replace(program.default_settings(), expiry=request.param))
        yield database, conn, context, isinstance(request.param, ExtendedByActivity)


def test_the_ledger_does_what_a_dictionary_would(world):
    database, conn, context, extends = world
    attributes = {"conn": conn, "context": context, "extends": extends}
    machine = type("LedgerMachine", (LedgerMachine,), attributes)
    examples = settings().max_examples // 5
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None))
    assert_proven(database, context)


def assert_proven(database: Database, context: PurchaseContext) -> None:
    """After all lives the journal still gives every balance, lot and month."""
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = verify_all(pool, context)
    assert outcome.is_clean, outcome
    assert outcome.purchases > 0
