"""Trying rules on the past: today's give the ledger as it is, to the point, and others what they would have given."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from random import Random

import psycopg
import pytest
from msgspec import structs
from tests.campaigns.factories import START, make_rules
from tests.configuration.factories import LADDER
from tests.flows.campaigns import launch
from tests.flows.factories import MASTER_KEY, card, customer_of, make_context, make_purchase

from enishi import audit, program, purchases, ranks
from enishi.campaigns import AddedPoints, Ceilings, Conditions, Multiplier, Visit
from enishi.configuration import Configuration
from enishi.flows import (
    MergeOrder,
    NothingToTry,
    PurchaseContext,
    backtest,
    merge_customers,
    record_purchases,
    record_returns,
)
from enishi.kit.vault import Keyring
from enishi.purchases import Line, Receipt, Return, ReturnedLine

BEGINS = START - timedelta(days=40)
NOW = START + timedelta(days=25)
SETTINGS = program.default_settings()
MONTHS = ranks.RollingMonths(6)


@pytest.fixture
def context(conn: psycopg.Connection) -> PurchaseContext:
    """A programme, two ranks, and campaigns with a budget, a ceiling and conditions on rank and visit."""
    make_context(conn)
    tiers = (
        LADDER.tiers[0],
        structs.replace(LADDER.tiers[1], criteria=structs.replace(LADDER.tiers[1].criteria, value=60)),
    )
    ranks.publish_ladder(conn, structs.replace(LADDER, tiers=tiers), BEGINS, audit.SYSTEM, "Opening", BEGINS)
    conn.commit()
    launch(conn, "double", Multiplier(200), conditions=Conditions(ranks=("gold",)))
    launch(conn, "third-visit", AddedPoints(30), conditions=Conditions(visit=Visit(3)))
    launch(conn, "budget", AddedPoints(7), ceilings=Ceilings(budget_points=100, receipt_points=5))
    conn.commit()
    return PurchaseContext(Keyring(MASTER_KEY), in_history=True)


def _live_through(conn: psycopg.Connection, context: PurchaseContext, seed: int) -> None:
    """Two months of twelve members, recorded as they happen: some receipts are anonymous, some points are used."""
    chance = Random(seed)  # noqa: S311 - a test's own history
    at = BEGINS
    number = count()
    while (at := at + timedelta(hours=chance.randrange(3, 20))) < NOW:
        who = chance.randrange(14)
        price = chance.randrange(1, 60) * 110
        purchase = make_purchase(
            price,
            external_id=f"H{next(number):06}",
            occurred_at=at,
            store=f"S{chance.randrange(3)}",
            identifiers=card(f"2900{who:09}") if who < 12 else (),
            points_to_use=chance.choice([0, 0, 5]) if who < 12 and price > 1_000 else 0,
        )
        record_purchases(conn, context, [purchase], at + timedelta(minutes=1))


def _balances(conn: psycopg.Connection) -> int:
    rows = conn.execute("select sum(balance) from ledger.accounts").fetchone()
    conn.rollback()
    return int(rows[0]) if rows else 0


@pytest.mark.parametrize("seed", [1, 2])
def test_todays_rules_give_the_ledger_as_it_is_to_the_point(
    conn: psycopg.Connection, context: PurchaseContext, seed: int
) -> None:
    _live_through(conn, context, seed)
    tried = backtest(conn, context, Configuration(format=1), NOW)
    earned, used, receipts = conn.execute(
        "select sum(points_earned), sum(points_to_use), count(*) from purchases.purchases where customer_id is not null"
    ).fetchone()
    assert tried.total.today.points == earned
    assert tried.total.today.campaign_points > 100
    assert (tried.total.today.used_points, tried.total.today.unaffordable_points) == (used, 0)
    assert tried.purchases == receipts
    assert tried.outstanding_today == _balances(conn)
    assert tried.total.tried == tried.total.today
    assert {move.goes for move in tried.moves} == {0}
    held = conn.execute("select tier, count(*) from ranks.standing group by tier").fetchall()
    gold = sum(move.members for move in tried.moves if move.today == "gold")
    assert dict(held).get("gold", 0) == gold > 0
    budget = next(row for row in tried.campaigns if row.name == "budget")
    assert budget.today.campaign_points == 100


def test_a_draft_is_tried_beside_todays_rules_and_changes_nothing(
    conn: psycopg.Connection, context: PurchaseContext
) -> None:
    _live_through(conn, context, 3)
    before = _balances(conn)
    settings = structs.replace(SETTINGS, earning=structs.replace(SETTINGS.earning, points_per_unit=2))
    tried = backtest(conn, context, Configuration(format=1, program=settings), NOW)
    assert tried.total.tried.base_points >= 2 * tried.total.today.base_points
    assert tried.outstanding_tried > tried.outstanding_today
    assert sum(row.tried.points for row in tried.months) == tried.total.tried.points
    assert sum(row.tried.points for row in tried.stores) == tried.total.tried.points
    assert all(move.goes >= 0 for move in tried.moves)
    assert backtest(conn, context, Configuration(format=1, program=settings), NOW) == tried
    assert _balances(conn) == before


def test_a_higher_threshold_says_who_would_fall(conn: psycopg.Connection, context: PurchaseContext) -> None:
    _live_through(conn, context, 4)
    tried = backtest(conn, context, Configuration(format=1, ladder=LADDER), NOW)
    falling = [move for move in tried.moves if move.goes < 0]
    assert [(move.today, move.tried) for move in falling] == [("gold", "regular")]
    assert len(falling[0].some) == falling[0].members


def test_a_campaign_that_lies_ahead_is_tried_on_the_same_days_of_the_week_a_year_before(
    conn: psycopg.Connection, context: PurchaseContext
) -> None:
    _live_through(conn, context, 5)
    ahead = make_rules(AddedPoints(1), starts_at=START + timedelta(days=364), ends_at=START + timedelta(days=371))
    tried = backtest(conn, context, Configuration(format=1, campaigns={"next-year": ahead}), NOW)
    assert tried.moved_days == {"next-year": 364}
    row = next(one for one in tried.campaigns if one.name == "next-year")
    (bought,) = conn.execute(
        """
        select count(*) from purchases.purchases
        where customer_id is not null and occurred_at >= %s and occurred_at < %s
        """,
        (START, START + timedelta(days=7)),
    ).fetchone()
    assert (row.tried.campaign_points, row.today.campaign_points) == (bought, 0)


def test_goods_that_came_back_earn_nothing(conn: psycopg.Connection, context: PurchaseContext) -> None:
    kept, returned = Line("A", 1, 1_100), Line("B", 1, 2_200)
    at = BEGINS + timedelta(days=1)
    purchase = make_purchase(
        external_id="RET1", occurred_at=at, identifiers=card("2900000000001"), lines=(kept, returned)
    )
    record_purchases(conn, context, [purchase], at)
    record_returns(
        conn,
        context,
        [
            Return(
                source="pos",
                external_id="RET1-R",
                store="S1",
                occurred_at=at + timedelta(days=1),
                receipt=Receipt("pos", "RET1"),
                lines=(ReturnedLine(2, 1),),
            )
        ],
        at + timedelta(days=1),
    )
    tried = backtest(conn, context, Configuration(format=1), NOW)
    assert (tried.total.today.points, tried.outstanding_today) == (10, _balances(conn))


def test_a_first_programme_and_ladder_are_tried_on_what_earned_nothing(conn: psycopg.Connection) -> None:
    context = PurchaseContext(Keyring(MASTER_KEY))
    for number in range(4):
        at = BEGINS + timedelta(days=number)
        purchase = make_purchase(6_600, external_id=f"F{number}", occurred_at=at, identifiers=card("F1"))
        record_purchases(conn, context, [purchase], at)
    tiers = (LADDER.tiers[0], structs.replace(LADDER.tiers[1], criteria=ranks.AtLeast(ranks.Measure.VISITS, 3, MONTHS)))
    document = Configuration(format=1, program=SETTINGS, ladder=structs.replace(LADDER, tiers=tiers))
    tried = backtest(conn, context, document, NOW)
    assert (tried.total.today.points, tried.total.tried.points, tried.outstanding_tried) == (0, 240, 240)
    assert [(move.today, move.tried, move.members) for move in tried.moves] == [("", "gold", 1)]
    assert tried.ground is not None
    assert (tried.ground.program_today, tried.ground.ladders_today) == ((), ())
    with pytest.raises(NothingToTry):
        backtest(conn, context, Configuration(format=1), NOW)


def test_customers_who_were_merged_are_one(conn: psycopg.Connection, context: PurchaseContext) -> None:
    at = BEGINS + timedelta(days=1)
    for number in (1, 2):
        lines = (Line("A", 1, 1_100), Line("B", 1, 2_200))
        sold = make_purchase(external_id=f"M{number}", occurred_at=at, identifiers=card(f"M{number}"), lines=lines)
        record_purchases(conn, context, [sold], at)
    ids = [customer_of(conn, f"M{number}") for number in (1, 2)]
    conn.rollback()
    order = MergeOrder(survivor_id=ids[0], absorbed_id=ids[1], reason="The same person")
    merge_customers(conn, context, order, actor="operator:x", now=at + timedelta(days=1))
    back = Return(
        source="pos",
        external_id="M2-R",
        store="S1",
        occurred_at=at + timedelta(days=2),
        receipt=Receipt("pos", "M2"),
        lines=(ReturnedLine(2, 1),),
    )
    record_returns(conn, context, [back], at + timedelta(days=2))
    tried = backtest(conn, context, Configuration(format=1), NOW)
    assert (tried.members, tried.purchases, tried.total.today.points) == (1, 2, 40)
    assert tried.outstanding_today == _balances(conn)


def test_without_history_there_is_nothing_to_try(conn: psycopg.Connection, context: PurchaseContext) -> None:
    with pytest.raises(NothingToTry):
        backtest(conn, context, Configuration(format=1), NOW)
    assert purchases.history_bounds(conn) is None
