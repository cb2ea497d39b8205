"""A history with everything in it, tried by the rules that made it, comes out as it is: points, ranks, liability."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec import structs
from tests.campaigns.factories import START
from tests.flows.campaigns import launch
from tests.flows.factories import JST, card, customer_of, make_purchase
from tests.flows.rank_factories import make_ladder, points_and_purchases, spent, tier

from enishi import audit, program, ranks
from enishi.campaigns import AddedPoints, AmountStep, AmountSteps, Ceilings, Conditions, Multiplier
from enishi.configuration import Configuration
from enishi.flows import (
    Backtest,
    EventReport,
    PurchaseContext,
    RecordedPurchase,
    backtest,
    confirm_due_points,
    evaluate_ranks,
    expire_points,
    override_rank,
    read_month,
    record_purchase_events,
    record_purchases,
    record_returns,
)
from enishi.kit.database import Database, open_pool
from enishi.kit.vault import Keyring
from enishi.program import (
    AfterDays,
    MonthsToMonthEnd,
    OnEvent,
    PurchaseEvent,
    ReturnPolicy,
    ReturnShortfall,
    UsedPoints,
)
from enishi.purchases import Channel, Line, Purchase, Receipt, Return, ReturnedLine
from enishi.ranks import Override, PointsReward

BEGINS = datetime(2026, 9, 3, tzinfo=JST)
SECOND_LADDER = datetime(2026, 10, 20, tzinfo=JST)
NOW = datetime(2026, 12, 24, 12, tzinfo=JST)
MINUTE = timedelta(minutes=1)
FIRST = make_ladder(
    tier("silver", points_and_purchases(60, 2), PointsReward("welcome", 20)), tier("gold", spent(20_000))
)
SECOND = make_ladder(
    tier("silver", spent(4_000), PointsReward("welcome", 20)),
    tier("gold", points_and_purchases(200, 4), PointsReward("gold", 50, limited=True, valid_days=40)),
    on_return="immediate",
)
POLICIES = (
    ReturnPolicy(),
    ReturnPolicy(shortfall=ReturnShortfall.ABSORB, used_points=UsedPoints.REALLOCATE, reissue_days=10),
    ReturnPolicy(shortfall=ReturnShortfall.REFUSE),
)


def settings_with(policy: ReturnPolicy, rule: Any) -> program.ProgramSettings:
    return structs.replace(
        program.default_settings(), expiry=MonthsToMonthEnd(1), returns=policy, pending={Channel.EC: rule}
    )


class Shop:
    """Sixteen weeks of a shop, recorded as they happen: receipts, returns, orders, evaluations, a rank by hand."""

    def __init__(self, conn: psycopg.Connection, policy: ReturnPolicy, rule: Any, seed: int) -> None:
        self.conn = conn
        self.context = PurchaseContext(Keyring(bytes(range(32))))
        self.chance = Random(seed)  # noqa: S311 - a test's own history
        self.numbers = count()
        self.open: list[Purchase] = []
        with conn.transaction():
            program.publish_version(conn, settings_with(policy, rule), BEGINS, audit.SYSTEM, "Opening", BEGINS)
            ranks.publish_ladder(conn, FIRST, BEGINS, audit.SYSTEM, "Opening", BEGINS)
        launch(conn, "double", Multiplier(200), conditions=Conditions(ranks=("gold",)))
        launch(conn, "steps", AmountSteps((AmountStep(2_000, 9), AmountStep(5_000, 40))))
        launch(conn, "budget", AddedPoints(7), ceilings=Ceilings(budget_points=100, receipt_points=5))

    def live(self) -> None:
        at, day = BEGINS, BEGINS.date()
        while (at := at + timedelta(hours=self.chance.randrange(4, 22))) < NOW:
            while day < at.astimezone(JST).date():
                day += timedelta(days=1)
                self._begin_day(datetime.combine(day, time(0, 5), JST))
            if self.open and self.chance.random() < 0.3:
                self._bring_back(at)
            else:
                self._buy(at)
        for left in range((NOW.date() - day).days):
            self._begin_day(datetime.combine(day + timedelta(days=left + 1), time(0, 5), JST))
        expire_points(self.conn, self.context, NOW)

    def _begin_day(self, at: datetime) -> None:
        if at.date() == SECOND_LADDER.date():
            with self.conn.transaction():
                ranks.publish_ladder(self.conn, SECOND, at, audit.SYSTEM, "Reform", at)
        confirm_due_points(self.conn, self.context, at)
        if at.day == 1:
            evaluate_ranks(self.conn, self.context, at)
        if (at.month, at.day) == (11, 10):
            given = Override("gold", exact=False, until=at.date() + timedelta(days=60))
            who = customer_of(self.conn, "2900000000003")
            self.conn.rollback()
            override_rank(self.conn, self.context, who, given, reason="Thanks", actor="operator:x", now=at)

    def _buy(self, at: datetime) -> None:
        who = self.chance.randrange(9)
        prices = [self.chance.randrange(1, 30) * 110 for _ in range(2)]
        online = self.chance.random() < 0.25
        purchase = make_purchase(
            external_id=f"H{next(self.numbers):06}",
            occurred_at=at,
            store=f"S{self.chance.randrange(3)}",
            channel=Channel.EC if online else Channel.POS,
            identifiers=card(f"2900{who:09}") if who < 8 else (),
            lines=tuple(Line(f"G{place}", 1, price) for place, price in enumerate(prices)),
        )
        wanted = self.chance.choice([0, 0, 15, 40]) if who < 8 else 0
        for one in (structs.replace(purchase, points_to_use=wanted), purchase):
            (outcome,) = record_purchases(self.conn, self.context, [one], at + MINUTE)
            if isinstance(outcome, RecordedPurchase):
                break
        assert isinstance(outcome, RecordedPurchase), outcome
        if who < 8 and self.chance.random() < 0.6:
            self.open.append(purchase)
        if online and who < 8 and self.chance.random() < 0.7:
            event = EventReport(purchase_id=outcome.purchase_id, event=PurchaseEvent.SHIPPED, occurred_at=at + MINUTE)
            record_purchase_events(self.conn, self.context, [event], at + 2 * MINUTE)

    def _bring_back(self, at: datetime) -> None:
        purchase = self.open.pop(self.chance.randrange(len(self.open)))
        whole = self.chance.random() < 0.4
        one = Return(
            source="pos",
            external_id=f"B{next(self.numbers):06}",
            store="S1",
            occurred_at=at,
            receipt=Receipt("pos", purchase.external_id),
            lines=() if whole else (ReturnedLine(1, 1),),
        )
        record_returns(self.conn, self.context, [one], at + MINUTE)


def facts_of(conn: psycopg.Connection) -> dict[str, Any]:
    """What is recorded: points of the journal by kind, what can be used, and who holds which rank."""

    def one(statement: str) -> Any:
        return conn.execute(statement).fetchone()[0]  # type: ignore[index]

    facts = {
        "earned": one("select coalesce(sum(points), 0) from ledger.journal where entry_type in ('earn', 'adjust')"),
        "taken": one("select coalesce(-sum(points), 0) from ledger.journal where entry_type = 'take_back'"),
        "reinstated": one("select coalesce(sum(points), 0) from ledger.journal where entry_type = 'reinstate'"),
        "waiting": one(
            "select coalesce(sum(points - cancelled_points), 0) from ledger.pending where state = 'pending'"
        ),
        "used": one("select -sum(points) from ledger.journal where entry_type in ('spend', 'give_back')"),
        "lost": one("select coalesce(sum(points_lost), 0) from purchases.returns"),
        "owed": one("select coalesce(-sum(balance), 0) from ledger.accounts where balance < 0"),
        "balance": one("select sum(balance) from ledger.accounts where balance > 0"),
        "tiers": dict(conn.execute("select customer_id, tier from ranks.standing").fetchall()),
        "returns": one("select count(*) from purchases.returns where customer_id is not null"),
        "absorbed": one("select coalesce(sum(points_absorbed), 0) from purchases.returns"),
        "changes": dict(conn.execute("select cause, count(*) from ranks.changes group by 1").fetchall()),
    }
    conn.rollback()
    return facts


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        pytest.param(POLICIES[0], AfterDays(9), id="negative"),
        pytest.param(POLICIES[1], OnEvent(PurchaseEvent.SHIPPED, 3), id="absorb"),
        pytest.param(POLICIES[2], AfterDays(9), id="refuse"),
    ],
)
def test_the_rules_that_made_a_history_give_it_again(
    conn: psycopg.Connection, database: Database, policy: ReturnPolicy, rule: Any
) -> None:
    shop = Shop(conn, policy, rule, seed=7)
    shop.live()
    facts = facts_of(conn)
    tried = backtest(conn, shop.context, Configuration(format=1), NOW)
    conn.rollback()
    given = tried.total.today
    # What was swept and taken back afterwards was given again for that, and is no new grant.
    assert given.points == facts["earned"] - facts["taken"] + facts["reinstated"] + facts["waiting"]
    assert given.absorbed_points == facts["absorbed"]
    assert (facts["absorbed"] > 0) == (policy.shortfall is ReturnShortfall.ABSORB)
    assert (given.used_points, given.unaffordable_points) == (facts["used"] - facts["lost"], 0)
    assert tried.outstanding_today == facts["balance"]
    holders = {who: move.today for move in tried.moves for who in move.some}
    assert {who: holders[who] for who in facts["tiers"]} == facts["tiers"]
    assert {move.goes for move in tried.moves} == {0}
    assert tried.ground is not None
    assert (tried.ground.returns, tried.ground.refused_today) == (facts["returns"], 0)
    assert (tried.ground.evaluations_today, tried.ground.overrides) == (3, 1)
    assert tried.ground.ladders_today == (1, 2)
    assert facts["returns"] > 15
    assert {"purchase", "evaluation", "override"} <= set(facts["changes"])
    _same_books(database, tried)


def _same_books(database: Database, tried: Backtest) -> None:
    """The liability is that of the books to the yen, drawn up from the beginning."""
    with open_pool(database.app_dsn, 1, 2, generic_plans=False, name="books") as pool:
        kpis = read_month(pool, NOW.date().replace(day=1)).kpis
    owed = tried.liability_today
    assert owed is not None
    assert (owed.outstanding_points, owed.contract_liability_yen, owed.provision_yen) == (
        kpis.points_outstanding,
        kpis.contract_liability_yen,
        kpis.provision_yen,
    )


@pytest.fixture
def shop(conn: psycopg.Connection) -> Shop:
    lived = Shop(conn, POLICIES[0], AfterDays(9), seed=7)
    lived.live()
    return lived


def test_other_rules_give_the_same_bytes_again_tell_what_they_refuse_and_change_nothing(
    conn: psycopg.Connection, shop: Shop
) -> None:
    before = facts_of(conn)
    strict = settings_with(POLICIES[2], AfterDays(9))
    document = Configuration(format=1, ladder=FIRST, program=strict)
    # Once in this process, and once with the document's rules in a process of their own.
    tried, again = (backtest(conn, shop.context, document, NOW, beside=beside) for beside in (False, True))
    kept = msgspec.json.encode(tried)
    assert kept == msgspec.json.encode(again)
    assert msgspec.json.decode(kept, type=Backtest) == tried
    assert tried.ground is not None
    assert tried.ground.refused_today == 0 < tried.ground.refused_tried
    assert tried.total.tried.sales_yen > tried.total.today.sales_yen
    # The first ladder as if always: evaluated on the first of October, November and December.
    assert (tried.ground.program_tried, tried.ground.ladder_tried, tried.ground.evaluations_tried) == (True, True, 3)
    for rows in (tried.months, tried.stores, tried.ranks):
        assert sum(row.tried.points for row in rows) == tried.total.tried.points
    assert sum(one.members for one in tried.tiers_tried) == sum(bar.tried for bar in tried.points_by_member) == 8
    conn.rollback()
    assert facts_of(conn) == before
    _thresholds_are_counted(conn, tried)


def _thresholds_are_counted(conn: psycopg.Connection, tried: Backtest) -> None:
    """Who reached a step anyway, and who stayed just below it, counted again from the receipts themselves."""
    found = {(one.kind, one.code, one.needed): one for one in tried.thresholds}
    assert {key for key in found if key[0] == "campaign"} == {
        ("campaign", "steps", 2_000),
        ("campaign", "steps", 5_000),
    }
    assert {key[1] for key in found if key[0] == "rank"} == {"silver", "gold"}
    rows = conn.execute(
        """
        select total_yen, points_to_use from purchases.purchases
        where customer_id is not null and occurred_at >= %s and occurred_at < %s
        """,
        (START, START + timedelta(days=30)),
    ).fetchall()
    eligible = [-(-(total - used) * 10 // 11) for total, used in rows]
    low = found["campaign", "steps", 2_000].today
    assert low is not None
    assert low.count == sum(2_000 <= one < 5_000 for one in eligible)
    assert [each.count for each in low.below] == [
        sum(2_000 - 20 * percent <= one < 2_000 for one in eligible) for percent in (10, 20, 30)
    ]
