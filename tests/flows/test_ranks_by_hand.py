"""What somebody earned behind a rank that was given by hand: it stays promised, and permanent tiers are not given."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tests.flows.factories import JST, NOON, NOW, assert_proven, card, make_context, make_purchase
from tests.flows.rank_factories import held, make_ladder, publish, spent, tier

from enishi.flows import end_overrides, evaluate_ranks, override_rank, record_purchases
from enishi.ranks import ForMonths, Override, UntilYearEnd

JULY = datetime(2027, 7, 1, 0, 5, tzinfo=JST)


@pytest.fixture
def context(conn):
    return make_context(conn)


def buy(conn, context, price_yen=3_300, at=NOON):
    purchase = make_purchase(price_yen, identifiers=card("9001"), occurred_at=at)
    (outcome,) = record_purchases(conn, context, [purchase], at + timedelta(minutes=5))
    return outcome.customer_id


def give(conn, context, customer_id, code: str, until: date | None, now: datetime = NOW, *, exact: bool = False):
    given = Override(code, exact=exact, until=until)
    return override_rank(conn, context, customer_id, given, reason="お詫び", actor="operator:1", now=now)


def test_what_was_promised_before_is_held_again(database, conn, context):
    publish(conn, make_ladder(keep=UntilYearEnd(1)))
    customer_id = buy(conn, context)
    assert held(conn, customer_id)[::2] == ("silver", date(2027, 12, 31))
    give(conn, context, customer_id, "gold", date(2027, 6, 1))
    give(conn, context, customer_id, "gold", date(2027, 6, 30), NOW + timedelta(days=1))
    assert end_overrides(conn, context, JULY) == 1
    assert held(conn, customer_id)[::2] == ("silver", date(2027, 12, 31))
    evaluate_ranks(conn, context, datetime(2028, 1, 1, 0, 5, tzinfo=JST))
    assert held(conn, customer_id)[0] == "base"
    assert_proven(database, context)


def test_what_was_earned_meanwhile_is_kept_as_long_as_it_was_promised(conn, context):
    publish(conn, make_ladder(keep=ForMonths(12)))
    customer_id = buy(conn, context)
    give(conn, context, customer_id, "silver", date(2027, 6, 30))
    buy(conn, context, 11_000, NOON + timedelta(days=30))
    assert held(conn, customer_id)[::2] == ("gold", date(2027, 12, 31))
    evaluate_ranks(conn, context, datetime(2027, 2, 1, 0, 5, tzinfo=JST))
    assert end_overrides(conn, context, JULY) == 1
    assert held(conn, customer_id)[::2] == ("gold", date(2028, 2, 29))


def test_a_promise_that_is_over_is_not_held_again(conn, context):
    publish(conn)
    customer_id = buy(conn, context)
    give(conn, context, customer_id, "gold", date(2027, 6, 30))
    assert end_overrides(conn, context, JULY) == 1
    assert held(conn, customer_id)[0] == "base"


def test_who_holds_that_much_already_does_not_hold_it_for_longer(conn, context):
    publish(conn, make_ladder(keep=ForMonths(12)))
    customer_id = buy(conn, context)
    later = NOW + timedelta(days=60)
    give(conn, context, customer_id, "silver", date(2027, 2, 28), later)
    assert held(conn, customer_id)[::2] == ("silver", date(2027, 11, 30))


def test_a_permanent_tier_that_is_given_for_a_time_is_not_kept_for_ever(conn, context):
    publish(conn, make_ladder(tier("silver", spent(3_000)), tier("black", spent(1_000_000), permanent=True)))
    customer_id = buy(conn, context, 110)
    give(conn, context, customer_id, "black", date(2026, 12, 24))
    assert end_overrides(conn, context, datetime(2026, 12, 25, 0, 5, tzinfo=JST)) == 1
    assert held(conn, customer_id)[0] == "base"
    buy(conn, context, 1_100_000)
    give(conn, context, customer_id, "silver", date(2026, 12, 24), exact=True)
    assert end_overrides(conn, context, JULY) == 1
    assert held(conn, customer_id)[0] == "black"
