"""Ranks of customers who are merged and parted again: months, standing, rewards, and returns that unwind them."""

from __future__ import annotations

from datetime import timedelta

from tests.flows.factories import NOW, assert_proven, customer_of, make_context
from tests.flows.rank_factories import changes, held, make_ladder, publish, spent, tier
from tests.flows.test_merge_customers import LATER, balances, buy, give_back, merge, part

from enishi import ranks
from enishi.flows import evaluate_ranks, override_rank
from enishi.ranks import Override, PointsReward

REWARD = PointsReward(code="welcome", points=500)


def rewarding() -> ranks.Ladder:
    return make_ladder(tier("silver", spent(3_000)), tier("gold", spent(10_000), REWARD), on_return="immediate")


def test_the_sum_of_both_lifts_and_the_undo_takes_it_back(database, conn):
    context = make_context(conn)
    publish(conn, rewarding())
    buy(conn, context, "1", 6_000)
    buy(conn, context, "2", 5_000)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    answer = merge(conn, context, one, two)
    assert (answer.survivor.tier_before, answer.survivor.tier, answer.absorbed.tier) == ("silver", "gold", "base")
    assert balances(conn, one) == [54 + 45 + 500]
    assert_proven(database, context)
    answer = part(conn, context, two)
    assert (answer.survivor.tier, answer.absorbed.tier) == ("silver", "silver")
    assert balances(conn, one, two) == [54 + 500, 45]
    assert_proven(database, context)


def test_the_better_rank_holds_and_is_not_rewarded_twice(database, conn):
    context = make_context(conn)
    publish(conn, rewarding())
    buy(conn, context, "1", 1_000)
    buy(conn, context, "2", 11_000)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    before = held(conn, two)
    merge(conn, context, one, two)
    assert before is not None
    assert held(conn, one)[0] == "gold"
    assert held(conn, one)[2] == before[2]
    buy(conn, context, "2", 20_000)
    given = conn.execute("select count(*) from ranks.rewards").fetchone()
    conn.rollback()
    assert given == (1,)
    assert_proven(database, context)
    part(conn, context, two)
    assert (held(conn, one), held(conn, two)[0]) == (held(conn, one), "gold")
    assert held(conn, one)[0] == "base"
    with conn.transaction():
        assert ranks.rank_at(conn, [one, two], NOW - timedelta(minutes=1)) == {one: ("base", 0), two: ("base", 0)}
        assert ranks.rank_at(conn, [one, two], LATER) == {one: ("base", 0), two: ("gold", 2)}
    assert_proven(database, context)


def test_goods_that_come_back_after_a_merge_unwind_the_rank_that_they_gave(database, conn):
    context = make_context(conn)
    publish(conn, rewarding())
    buy(conn, context, "1", 1_000)
    big, _ = buy(conn, context, "2", 11_000)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    merge(conn, context, one, two)
    give_back(conn, context, big, "B1", LATER)
    assert held(conn, one)[0] == "base"
    assert_proven(database, context)


def test_an_evaluation_looks_at_both_sides_receipts_and_not_at_the_absorbed(database, conn):
    context = make_context(conn)
    publish(conn, make_ladder(upgrade="evaluation"))
    buy(conn, context, "1", 6_000)
    buy(conn, context, "2", 5_000)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    merge(conn, context, one, two)
    outcome = evaluate_ranks(conn, context, NOW + timedelta(days=30))
    assert (outcome.evaluation.members, outcome.moves) == (1, {"base → gold": 1})
    assert held(conn, two) is None
    part(conn, context, two, now=NOW + timedelta(days=31))
    outcome = evaluate_ranks(conn, context, NOW + timedelta(days=62))
    assert outcome.moves in ({"base → silver": 2}, {"base → silver": 1, "gold → silver": 1})
    assert_proven(database, context)


def test_a_rank_given_by_hand_goes_along_and_comes_back(database, conn):
    context = make_context(conn)
    publish(conn)
    buy(conn, context, "1", 1_000)
    buy(conn, context, "2", 1_000)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    override_rank(
        conn, context, two, Override("gold", exact=False, until=None), reason="お得意様", actor="operator:1", now=NOW
    )
    merge(conn, context, one, two)
    assert held(conn, one)[0] == "gold"
    part(conn, context, two)
    assert (held(conn, one)[0], held(conn, two)[0]) == ("base", "gold")
    assert ("gold", "base", "merge") in changes(conn)
    assert_proven(database, context)
