"""Budgets under concurrency: never exceeded, never refusing while something is left, and used up to the last point."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from msgspec import structs
from tests.campaigns.factories import HUNDRED, TWICE
from tests.flows.campaigns import BEFORE, deed, launch
from tests.flows.factories import NOON, NOW, assert_proven, card, make_context, make_purchase

from enishi import campaigns
from enishi.campaigns import AddedPoints, BudgetShort, Ceilings, Conditions
from enishi.flows import RecordedPurchase, record_purchases, record_returns
from enishi.purchases import Receipt, Return


@pytest.fixture
def context(conn):
    return make_context(conn)


def record_at_once(database, context, batches) -> list[RecordedPurchase]:
    start = Barrier(len(batches))

    def run(batch):
        with psycopg.connect(database.app_dsn, options="-c lock_timeout=10s") as own:
            start.wait(30)
            return record_purchases(own, context, batch, NOW)

    with ThreadPoolExecutor(len(batches)) as threads:
        return [one for answers in threads.map(run, batches) for one in answers]


def campaign_points(outcomes) -> list[int]:
    return [sum(award.points for award in one.awards if award.campaign is not None) for one in outcomes]


def left_of(conn, campaign, store="") -> int:
    left = campaigns.load_budgets(conn, [(campaign.campaign_id, store)])
    conn.rollback()
    return left[campaign.campaign_id, store]


def test_of_64_concurrent_purchases_over_16_connections_a_budget_is_used_to_the_last_point(database, conn, context):
    # 64 × 100 points are asked of 4,250: 42 get all, one gets the rest, 21 get nothing.
    campaign = launch(conn, "hundred", ceilings=Ceilings(budget_points=4_250))
    batches = [
        [make_purchase(1_100, identifiers=card(f"C{connection}-{number}")) for number in range(4)]
        for connection in range(16)
    ]
    outcomes = record_at_once(database, context, batches)
    points = campaign_points(outcomes)
    assert sorted(points) == [0] * 21 + [50] + [100] * 42
    assert left_of(conn, campaign) == 0
    assert_proven(database, context)


def test_64_single_purchases_at_once_use_up_two_budgets_whose_shards_are_smaller_than_an_award(database, conn, context):
    campaign = launch(conn, "hundred", ceilings=Ceilings(budget_points=777, store_budgets={"S1": 300, "S2": 1_000}))
    batches = [
        [make_purchase(1_100, identifiers=card(f"C{number}"), store="S1" if number % 2 else "S2")]
        for number in range(64)
    ]
    outcomes = record_at_once(database, context, batches)
    assert sum(campaign_points(outcomes)) == 777
    by_store = [
        sum(points for points, batch in zip(campaign_points(outcomes), batches, strict=True) if batch[0].store == store)
        for store in ("S1", "S2")
    ]
    assert by_store[0] <= 300
    assert [left_of(conn, campaign, store) for store in ("", "S1", "S2")] == [0, 300 - by_store[0], 1_000 - by_store[1]]
    assert_proven(database, context)


def test_different_codes_of_a_campaign_share_its_budget(database, conn, context):
    campaign = launch(
        conn,
        "codes",
        conditions=Conditions(codes=("SPRING", "SUMMER", "AUTUMN")),
        ceilings=Ceilings(budget_points=1_000),
    )
    batches = [
        [make_purchase(1_100, identifiers=card(f"C{number}"), coupon_codes=(code,))]
        for number in range(8)
        for code in ("SPRING", "SUMMER", "AUTUMN")
    ]
    batches = [[structs.replace(one, identifiers=card(f"D{number}"))] for number, (one,) in enumerate(batches)]
    points = campaign_points(record_at_once(database, context, batches))
    assert sorted(points) == [0] * 14 + [100] * 10
    assert left_of(conn, campaign) == 0


def test_one_member_at_sixteen_tills_at_once_does_not_pass_their_ceiling(database, conn, context):
    launch(conn, "capped", ceilings=Ceilings(member_points=450))
    batches = [[make_purchase(1_100, identifiers=card("1"))] for _ in range(16)]
    points = campaign_points(record_at_once(database, context, batches))
    assert sorted(points) == [0] * 11 + [50] + [100] * 4
    assert_proven(database, context)


def test_two_transactions_hold_different_shards_and_neither_waits(database, conn):
    campaign = launch(conn, "shards", ceilings=Ceilings(budget_points=1_600))
    key = (campaign.campaign_id, "")
    with psycopg.connect(database.app_dsn) as one, psycopg.connect(database.app_dsn) as other:
        other.execute("set local lock_timeout = '1ms'")
        desks = [campaigns.hold_budgets(held, [key], 0, 5) for held in (one, other)]
        for desk in desks:
            desk.take(key, 100)
            assert desk.known == {}
            with pytest.raises(BudgetShort):
                desk.take(key, 1)
        assert len({desk.changed()[0][2] for desk in desks}) == 2


def test_a_shard_that_runs_short_is_no_refusal_while_others_have_points(conn, context):
    # Sixteen shards of 5 points: the first try holds 5, the second 40, the third everything.
    launch(conn, "hundred", ceilings=Ceilings(budget_points=80))
    outcomes = record_purchases(
        conn, context, [make_purchase(1_100, identifiers=card(str(number))) for number in range(2)], NOW
    )
    assert campaign_points(outcomes) == [80, 0]


def test_an_empty_budget_lets_the_next_best_of_its_group_apply(conn, context):
    group = campaigns.Stacking(group="g", mode=campaigns.StackMode.BEST_OF)
    launch(conn, "hundred", stacking=group, ceilings=Ceilings(budget_points=100))
    launch(conn, "double", TWICE, stacking=group)
    batch = [make_purchase(1_100, identifiers=card(str(number))) for number in range(2)]
    assert campaign_points(record_purchases(conn, context, batch, NOW)) == [100, 10]


def edit_budget(conn, code: str, points: int) -> campaigns.Campaign:
    with conn.transaction():
        held = campaigns.load_campaign(conn, code, BEFORE)
        rules = structs.replace(held.current.rules, ceilings=Ceilings(budget_points=points))
        campaigns.edit_campaign(conn, code, rules, deed("writer", NOON))
        campaigns.submit_campaign(conn, code, deed("writer", NOON))
        return campaigns.approve_campaign(conn, code, deed("reviewer", NOON))


def test_a_budget_that_is_changed_keeps_count_of_what_was_given(database, conn, context):
    campaign = launch(conn, "hundred", HUNDRED, ceilings=Ceilings(budget_points=250))
    batch = [make_purchase(1_100, identifiers=card(str(number))) for number in range(3)]
    assert campaign_points(record_purchases(conn, context, batch, NOW)) == [100, 100, 50]
    edit_budget(conn, "hundred", 300)
    assert left_of(conn, campaign) == 50
    edit_budget(conn, "hundred", 200)
    assert left_of(conn, campaign) == -50
    more = make_purchase(1_100, identifiers=card("9"))
    assert campaign_points(record_purchases(conn, context, [more], NOW)) == [0]
    back = Return(
        source="pos", external_id="B", store="S1", occurred_at=NOW, receipt=Receipt("pos", batch[0].external_id)
    )
    record_returns(conn, context, [back], NOW)
    assert left_of(conn, campaign) == 50
    assert_proven(database, context)


def test_an_award_that_shares_a_batch_with_a_refusal_is_paid_for_once(database, conn, context):
    campaign = launch(conn, "ten", AddedPoints(10), ceilings=Ceilings(budget_points=1_000))
    good = make_purchase(1_100, identifiers=card("1"))
    bad = make_purchase(1_100, identifiers=card("2"), points_to_use=500)
    outcomes = record_purchases(conn, context, [bad, good], NOW)
    assert isinstance(outcomes[1], RecordedPurchase)
    assert left_of(conn, campaign) == 990
    assert_proven(database, context)
