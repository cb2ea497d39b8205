"""A purchase lifts a rank: in its own transaction, once, with what the rank gives, and told in its answer."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import psycopg
import pytest
from tests.flows.factories import JST, NOON, NOW, assert_proven, card, make_context, make_purchase
from tests.flows.rank_factories import (
    HALF_YEAR,
    changes,
    held,
    make_ladder,
    points_and_purchases,
    publish,
    spent,
    tier,
)

from enishi import ranks
from enishi.flows import explain_entry, quote_purchases, record_purchases
from enishi.flows.record_purchases import RecordedPurchase
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases import Channel, Line
from enishi.ranks import (
    AllOf,
    AtLeast,
    BenefitReward,
    CouponReward,
    Holds,
    Lifetime,
    Measure,
    MessageReward,
    PointsReward,
    RollingDays,
)


@pytest.fixture
def context(conn):
    return make_context(conn)


def buy(conn, context, price_yen=1_100, *, now=NOW, **fields) -> RecordedPurchase:
    purchase = make_purchase(price_yen, **({"identifiers": card("9001")} | fields))
    (outcome,) = record_purchases(conn, context, [purchase], now)
    assert isinstance(outcome, RecordedPurchase), outcome
    return outcome


def test_without_a_ladder_nothing_is_said_of_ranks(conn, context, database):
    assert buy(conn, context).rank is None
    publish(conn)
    assert buy(conn, context).rank is not None
    assert_proven(database, context)


def test_the_purchase_that_fulfils_a_tier_lifts_and_says_so(conn, context, database):
    publish(conn)
    first = buy(conn, context, 2_200)
    assert (first.rank.tier, first.rank.level, first.rank.since, first.rank.keep) == ("base", 0, None, None)
    ((way,),) = first.rank.next.ways
    assert (first.rank.next.tier, way.found, way.needed, way.missing, way.unit) == ("silver", 2_200, 3_000, 800, "yen")
    assert first.rank.next.by == date(2026, 11, 30)
    second = buy(conn, context, 1_100)
    assert (second.rank.tier, second.rank.rose_from, second.rank.since) == ("silver", "base", NOW)
    assert second.rank.keep_until == date(2026, 11, 30)
    assert second.rank.next.ways[0][0].missing == 6_700
    assert (second.rank.keep.tier, second.rank.keep.by, second.rank.keep.met) == ("silver", date(2026, 11, 30), True)
    third = buy(conn, context, 6_600)
    assert (third.rank.tier, third.rank.rose_from) == ("silver", None)
    assert held(conn, third.customer_id) == ("silver", NOW, date(2026, 11, 30), 1)
    assert changes(conn) == [("base", "silver", "purchase")]
    (basis,) = conn.execute("select basis from ranks.changes").fetchone()
    assert basis["tier"] == "silver"
    assert basis["ways"] == [
        [
            {
                "question": "amount_with_tax",
                "found": 3_300,
                "needed": 3_000,
                "begins": "2026-06-01",
                "window": "months:6",
            }
        ]
    ]
    assert ("rank.changed", second.customer_id) in conn.execute(
        "select topic, subject_id from outbox.events"
    ).fetchall()
    conn.rollback()
    assert_proven(database, context)


def test_a_repeat_gets_the_rank_of_the_first_answer(conn, context):
    publish(conn)
    purchase = make_purchase(3_300, identifiers=card("9001"))
    (first,) = record_purchases(conn, context, [purchase], NOW)
    buy(conn, context, 11_000)
    (again,) = record_purchases(conn, context, [purchase], NOW)
    assert again.replayed
    assert again.rank == first.rank


def test_levels_are_skipped_and_a_batch_counts_in_its_order(conn, context):
    publish(conn)
    batch = [make_purchase(yen, identifiers=card("9001")) for yen in (2_200, 1_100, 8_800, 110)]
    outcomes = record_purchases(conn, context, batch, NOW)
    assert [(one.rank.tier, one.rank.rose_from) for one in outcomes] == [
        ("base", None),
        ("silver", "base"),
        ("gold", "silver"),
        ("gold", None),
    ]
    assert buy(conn, context, 110_000, identifiers=card("9002")).rank.rose_from == "base"
    assert changes(conn) == [
        ("base", "silver", "purchase"),
        ("silver", "gold", "purchase"),
        ("base", "gold", "purchase"),
    ]


def test_points_count_as_earned_and_not_as_a_balance(conn, context):
    publish(conn, make_ladder(tier("silver", points_and_purchases(30, 2))))
    buy(conn, context, 3_300)
    spender = buy(conn, context, 1_100, points_to_use=30)
    assert spender.balance.available < 30
    assert spender.rank.tier == "silver"


def test_a_late_receipt_counts_in_its_own_month_and_is_priced_by_the_rank_of_its_time(conn, context):
    publish(conn)
    buy(conn, context, 3_300, now=NOW)
    later = NOW + timedelta(hours=2)
    assert buy(conn, context, 110, now=later, occurred_at=NOW + timedelta(hours=1)).rank.tier == "silver"
    customer_id = buy(conn, context, 110, now=later, occurred_at=NOON - timedelta(days=200)).customer_id
    assert held(conn, customer_id)[0] == "silver"
    instants = [NOW - timedelta(seconds=1), NOW, later]
    assert ranks.ranks_at(conn, [customer_id] * 3, instants) == [("base", 0), ("silver", 1), ("silver", 1)]


def test_ranks_that_rise_at_evaluations_are_told_by_when(conn, context):
    publish(conn, make_ladder(upgrade="evaluation"))
    outcome = buy(conn, context, 11_000)
    assert (outcome.rank.tier, outcome.rank.next.met, outcome.rank.next.by) == ("base", True, date(2026, 11, 30))
    assert changes(conn) == []


def test_what_a_rank_gives_is_written_once_with_the_change(conn, context, database):
    rewards = (
        PointsReward("gift", 500),
        CouponReward("lunch", "ランチ無料"),
        MessageReward("hello", "rank-silver"),
    )
    publish(
        conn,
        make_ladder(tier("silver", spent(3_000), *rewards), tier("gold", spent(5_000), BenefitReward("a", "先行"))),
    )
    outcome = buy(conn, context, 5_500)
    assert (outcome.points_earned, outcome.balance.available) == (50, 550)
    given = conn.execute("select tier, code, kind, name, points, entry_seq from ranks.rewards order by 1, 2").fetchall()
    assert given == [
        ("gold", "a", "benefit", "先行", None, None),
        ("silver", "gift", "points", "", 500, 2),
        ("silver", "hello", "message", "rank-silver", None, None),
        ("silver", "lunch", "coupon", "ランチ無料", None, None),
    ]
    conn.rollback()
    explained = explain_entry(conn, context, f"{outcome.customer_id}-2", "ja")
    assert explained.sentence == "会員ランクがSILVERになった特典として 500pt を付けました。"
    conn.rollback()
    buy(conn, context, 5_500)
    assert conn.execute("select count(*) from ranks.rewards").fetchone() == (4,)
    conn.rollback()
    assert_proven(database, context)


def test_a_quote_shows_the_rank_that_the_purchase_would_lift_to_and_writes_nothing(conn, context):
    publish(conn)
    buy(conn, context, 2_200)
    (quote,) = quote_purchases(conn, context, [make_purchase(8_800, identifiers=card("9001"))], NOW)
    assert (quote.rank.tier, quote.rank.rose_from) == ("gold", "base")
    assert changes(conn) == []
    (stranger,) = quote_purchases(conn, context, [make_purchase(3_300, identifiers=card("9009"))], NOW)
    assert (stranger.customer_id, stranger.rank.tier) == (None, "silver")


def test_the_highest_tier_needs_the_card_besides(conn, context):
    publish(conn, make_ladder(tier("diamond", AllOf((spent(1_000), Holds(IdentifierKind.CARD))))))
    phone = (Identifier(IdentifierKind.PHONE, "090-1234-5678"),)
    outcome = buy(conn, context, 1_100, identifiers=phone)
    assert outcome.rank.tier == "base"
    assert [want.missing for want in outcome.rank.next.ways[0]] == [0, 1]
    both = buy(conn, context, 110, identifiers=(*card("9005"), *phone))
    assert (both.customer_id, both.rank.tier) == (outcome.customer_id, "diamond")


def test_filters_and_days_are_answered_from_the_purchases_themselves(conn, context):
    recent = AtLeast(Measure.VISITS, 2, RollingDays(10), channels=(Channel.POS,))
    drinks = AtLeast(Measure.AMOUNT_WITHOUT_TAX, 1_000, HALF_YEAR, categories=("酒",))
    publish(conn, make_ladder(tier("regular", recent), tier("drinker", drinks)))
    mixed = (Line("A", 1, 5_500, category="食品"), Line("B", 1, 990, category="酒"))
    first = buy(conn, context, lines=mixed, occurred_at=NOON - timedelta(days=10))
    assert [[want.missing for want in way] for way in first.rank.next.ways] == [[2]]
    assert buy(conn, context, channel=Channel.EC).rank.tier == "base"
    assert buy(conn, context, occurred_at=NOON - timedelta(days=1)).rank.next.ways[0][0].found == 1
    assert buy(conn, context).rank.tier == "regular"
    assert buy(conn, context, lines=(Line("B", 1, 110, category="酒"),)).rank.tier == "drinker"


def test_lifetime_visits_count_each_day_once(conn, context):
    publish(conn, make_ladder(tier("friend", AtLeast(Measure.VISITS, 3, Lifetime()))))
    tiers = [buy(conn, context, occurred_at=NOON - timedelta(days=day)).rank.tier for day in (400, 400, 30, 30, 0)]
    assert tiers == ["base", "base", "base", "base", "friend"]


def test_two_tills_at_once_lift_a_member_once(conn, context, database):
    publish(conn, make_ladder(tier("silver", spent(3_000), PointsReward("gift", 100))))
    customer_id = buy(conn, context, 110).customer_id
    gate = threading.Barrier(4)
    failures: list[BaseException] = []

    def till() -> None:
        with psycopg.connect(database.app_dsn) as own:
            own.autocommit = True
            gate.wait()
            for _ in range(8):
                (outcome,) = record_purchases(own, context, [make_purchase(550, identifiers=card("9001"))], NOW)
                if not isinstance(outcome, RecordedPurchase):
                    failures.append(AssertionError(outcome))

    threads = [threading.Thread(target=till) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert held(conn, customer_id)[0] == "silver"
    assert changes(conn) == [("base", "silver", "purchase")]
    assert conn.execute("select count(*), sum(points) from ranks.rewards").fetchone() == (1, 100)
    conn.rollback()
    assert_proven(database, context)


def test_history_that_is_replayed_changes_ranks_when_it_occurred(conn, context):
    publish(conn)
    context.in_history = True
    then = datetime(2026, 3, 5, 10, 0, tzinfo=JST)
    outcome = buy(conn, context, 3_300, occurred_at=then)
    assert held(conn, outcome.customer_id)[:2] == ("silver", then)
    after = buy(conn, context, 110, occurred_at=then + timedelta(days=1))
    assert after.rank.tier == "silver"
