"""The evaluation of all members, what is given by hand, and what follows from claims and returns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flows.factories import JST, NOON, NOW, assert_proven, card, customer_of, make_context, make_purchase
from tests.flows.rank_factories import changes, held, make_ladder, publish, spent, tier

from enishi import ranks
from enishi.flows import (
    claim_purchases,
    end_overrides,
    evaluate_ranks,
    override_rank,
    read_ranks,
    record_purchases,
    record_returns,
    request_notices,
)
from enishi.flows.claim_purchase import Claim
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.purchases import Receipt, Return
from enishi.ranks import (
    AtLeast,
    Bought,
    Figures,
    ForMonths,
    Lifetime,
    Measure,
    NoLadder,
    Override,
    PointsReward,
    RollingMonths,
    UnknownTier,
    attained,
    plan_of,
)

DECEMBER = datetime(2026, 12, 1, 0, 5, tzinfo=JST)
NEXT_MAY = datetime(2027, 5, 1, 0, 5, tzinfo=JST)
NEXT_JUNE = datetime(2027, 6, 1, 0, 5, tzinfo=JST)


@pytest.fixture
def context(conn):
    return make_context(conn)


def buy(conn, context, price_yen=3_300, number="9001", *, now=NOW, **fields):
    purchase = make_purchase(price_yen, **({"identifiers": card(number)} | fields))
    (outcome,) = record_purchases(conn, context, [purchase], now)
    assert hasattr(outcome, "purchase_id"), outcome
    return purchase, outcome.customer_id


def run(conn, context, now, **options):
    done = evaluate_ranks(conn, context, now, page=2, **options).evaluation
    return done.risen, done.confirmed, done.fallen


def test_members_are_confirmed_while_they_fulfil_and_fall_when_they_do_not(conn, context, database):
    publish(conn)
    _, customer_id = buy(conn, context, 11_000)
    for number in ("9002", "9003"):
        buy(conn, context, 110, number)
    assert run(conn, context, DECEMBER, dry_run=True) == (0, 1, 0)
    assert held(conn, customer_id)[2] == date(2026, 11, 30)
    assert run(conn, context, DECEMBER) == (0, 1, 0)
    assert held(conn, customer_id) == ("gold", NOW, date(2026, 12, 31), 1)
    assert evaluate_ranks(conn, context, DECEMBER).replayed
    assert run(conn, context, DECEMBER, on=DECEMBER.date()) == (0, 0, 0)
    assert run(conn, context, NEXT_MAY) == (0, 1, 0)
    assert run(conn, context, NEXT_JUNE) == (0, 0, 1)
    assert held(conn, customer_id)[:3] == ("base", NEXT_JUNE, None)
    assert changes(conn) == [("base", "gold", "purchase"), ("gold", "base", "evaluation")]
    (basis,) = conn.execute("select basis from ranks.changes where seq = 2").fetchone()
    assert (basis["looks_at"], basis["tier"], basis["ways"][0][0]["found"]) == ("2027-05-31", "gold", 0)
    conn.rollback()
    assert ranks.rank_at(conn, [customer_id], NEXT_MAY) == {customer_id: ("gold", 2)}
    assert_proven(database, context)


def test_an_evaluation_lifts_where_ranks_rise_at_evaluations(conn, context, database):
    publish(conn, make_ladder(tier("silver", spent(3_000), PointsReward("gift", 100)), upgrade="evaluation"))
    _, customer_id = buy(conn, context)
    assert run(conn, context, DECEMBER) == (1, 0, 0)
    assert held(conn, customer_id)[:2] == ("silver", DECEMBER)
    assert conn.execute("select points, entry_seq from ranks.rewards").fetchone() == (100, 2)
    conn.rollback()
    assert_proven(database, context)


def test_a_late_receipt_counts_in_the_month_of_its_purchase(conn, context):
    publish(conn, make_ladder(upgrade="evaluation"))
    _, customer_id = buy(conn, context, 3_300, now=DECEMBER + timedelta(hours=5), occurred_at=NOON)
    buy(conn, context, 33_000, "9002", now=DECEMBER + timedelta(hours=5), occurred_at=DECEMBER + timedelta(hours=1))
    assert run(conn, context, DECEMBER + timedelta(hours=6)) == (1, 0, 0)
    assert held(conn, customer_id)[0] == "silver"


def test_falling_goes_one_step_at_a_time_after_keeping_and_grace(conn, context):
    publish(conn, make_ladder(keep=ForMonths(6), grace_days=40, downgrade="one_step"))
    _, customer_id = buy(conn, context, 11_000)
    assert held(conn, customer_id)[2] == date(2027, 5, 31)
    for month in range(12, 36):
        evaluate_ranks(conn, context, datetime(2026 + month // 12, month % 12 + 1, 1, 0, 5, tzinfo=JST))
    history = [
        (one.to_tier, one.effective_at.astimezone(JST).date()) for one in ranks.select_changes(conn, [customer_id], 9)
    ]
    conn.rollback()
    # Confirmed on 1 May 2027 and so kept through November; the first evaluation after 40 days of grace is in February.
    assert history == [("base", date(2028, 11, 1)), ("silver", date(2028, 2, 1)), ("gold", date(2026, 11, 20))]


def test_a_permanent_tier_is_never_lost(conn, context):
    publish(conn, make_ladder(tier("friend", spent(3_000), permanent=True), tier("gold", spent(10_000))))
    _, customer_id = buy(conn, context, 11_000)
    run(conn, context, NEXT_JUNE)
    assert held(conn, customer_id)[0] == "friend"
    run(conn, context, NEXT_JUNE + timedelta(days=400))
    assert held(conn, customer_id)[0] == "friend"
    assert read_ranks(conn, context, [customer_id], NEXT_JUNE)[customer_id].keep is None
    conn.rollback()


def test_a_rank_given_by_hand_holds_until_its_end(conn, context, database):
    publish(conn)
    _, customer_id = buy(conn, context, 110)
    given = Override("gold", exact=False, until=date(2026, 12, 24))
    answer = override_rank(conn, context, customer_id, given, reason="お詫び", actor="operator:1", now=NOW)
    assert answer.tier == "gold"
    assert run(conn, context, DECEMBER) == (0, 1, 0)
    assert end_overrides(conn, context, datetime(2026, 12, 24, 23, 0, tzinfo=JST)) == 0
    assert end_overrides(conn, context, datetime(2026, 12, 25, 0, 5, tzinfo=JST)) == 1
    assert end_overrides(conn, context, datetime(2026, 12, 25, 0, 5, tzinfo=JST)) == 0
    assert changes(conn) == [("base", "gold", "override"), ("gold", "base", "override_ended")]
    assert conn.execute("select actor, reason from ranks.changes where seq = 1").fetchone() == ("operator:1", "お詫び")
    conn.rollback()
    assert_proven(database, context)


def test_a_rank_fixed_by_hand_is_not_moved_by_buying(conn, context):
    publish(conn)
    customer_id = customer_of(conn, "9001")
    override_rank(
        conn, context, customer_id, Override("silver", exact=True, until=None), reason="社員", actor="cli", now=NOW
    )
    buy(conn, context, 110_000)
    assert held(conn, customer_id)[0] == "silver"
    override_rank(conn, context, customer_id, None, reason="退職", actor="cli", now=NOW)
    assert held(conn, customer_id)[0] == "gold"


def test_what_can_not_be_given_by_hand_is_refused_and_changes_nothing(conn, context):
    customer_id = customer_of(conn, "9001")
    silver = Override("silver", exact=False, until=None)
    arguments = {"reason": "x", "actor": "cli", "now": NOW}
    with pytest.raises(NoLadder):
        override_rank(conn, context, customer_id, silver, **arguments)
    publish(conn)
    for wanted, fields, refusal in (
        (Override("diamond", exact=False, until=None), {}, UnknownTier),
        (Override("silver", exact=False, until=date(2026, 11, 19)), {}, InvalidRequest),
        (silver, {"reason": " "}, InvalidRequest),
        (None, {}, InvalidRequest),
    ):
        with pytest.raises(refusal):
            override_rank(conn, context, customer_id, wanted, **(arguments | fields))
    with pytest.raises(NotFound):
        override_rank(conn, context, type(customer_id)(int=1), silver, **arguments)
    assert changes(conn) == []
    assert held(conn, customer_id) is None


@pytest.mark.parametrize(("policy", "tier_after"), [("next_evaluation", "silver"), ("immediate", "base")])
def test_a_return_costs_the_rank_at_once_or_at_the_next_evaluation(conn, context, policy, tier_after):
    publish(conn, make_ladder(on_return=policy))
    purchase, customer_id = buy(conn, context)
    one = Return(
        source="pos", external_id="B1", store="S1", occurred_at=NOW, receipt=Receipt("pos", purchase.external_id)
    )
    (outcome,) = record_returns(conn, context, [one], NOW)
    assert outcome.completes
    assert held(conn, customer_id)[0] == tier_after
    run(conn, context, DECEMBER)
    assert held(conn, customer_id)[0] == "base"


def give_back(conn, context, purchase, name: str, now: datetime):
    one = Return(
        source="pos", external_id=name, store="S1", occurred_at=now, receipt=Receipt("pos", purchase.external_id)
    )
    (outcome,) = record_returns(conn, context, [one], now)
    return outcome


def test_a_return_costs_no_rank_that_other_goods_had_given(conn, context):
    month = AtLeast(Measure.AMOUNT_WITH_TAX, 3_000, RollingMonths(1))
    publish(conn, make_ladder(tier("silver", month), on_return="immediate", keep=ForMonths(12)))
    purchase, customer_id = buy(conn, context)
    march = datetime(2027, 3, 5, 12, 0, tzinfo=JST)
    small, _ = buy(conn, context, 550, occurred_at=march, now=march)
    give_back(conn, context, small, "B1", march)
    assert held(conn, customer_id)[0] == "silver"
    give_back(conn, context, purchase, "B2", march)
    assert held(conn, customer_id)[0] == "base"


def test_a_return_costs_no_rank_that_an_evaluation_has_confirmed_for_other_goods(conn, context):
    publish(conn, make_ladder(on_return="immediate", keep=ForMonths(12)))
    purchase, customer_id = buy(conn, context)
    december = datetime(2026, 12, 24, 12, 0, tzinfo=JST)
    other, _ = buy(conn, context, occurred_at=december, now=december)
    run(conn, context, datetime(2027, 1, 1, 0, 5, tzinfo=JST))
    late = datetime(2027, 8, 1, 12, 0, tzinfo=JST)
    give_back(conn, context, purchase, "B1", late)
    assert held(conn, customer_id)[::2] == ("silver", date(2028, 1, 31))
    give_back(conn, context, other, "B2", late)
    assert held(conn, customer_id)[0] == "base"


def test_buying_and_returning_over_and_over_gives_what_a_rank_gives_at_every_rise_once(conn, context, database):
    silver = tier("silver", spent(3_000), PointsReward("gift", 500, each_time=True))
    publish(conn, make_ladder(silver, on_return="immediate"))
    left = []
    for turn in range(3):
        purchase, customer_id = buy(conn, context, occurred_at=NOON + timedelta(minutes=turn))
        left.append(give_back(conn, context, purchase, f"B{turn}", NOW).balance.available)
    assert left == [500, 500, 500]
    buy(conn, context)
    run(conn, context, NEXT_JUNE)
    assert held(conn, customer_id)[0] == "base"
    july = datetime(2027, 7, 1, 12, 0, tzinfo=JST)
    buy(conn, context, occurred_at=july, now=july)
    given = conn.execute("select count(*) from ranks.rewards").fetchone()
    assert given == (2,)
    conn.rollback()
    assert_proven(database, context)


def test_a_claim_lifts_once_it_is_made(conn, context, database):
    publish(conn, make_ladder(tier("silver", spent(3_000), PointsReward("gift", 100))))
    purchase, _ = buy(conn, context, identifiers=())
    customer_id = customer_of(conn, "9001")
    claim = Claim(
        source="counter",
        receipt=purchase.external_id,
        store="S1",
        on=date(2026, 11, 20),
        total_yen=3_300,
        customer_id=customer_id,
    )
    (outcome,) = claim_purchases(conn, context, [claim], "operator:1", NOW)
    assert outcome.points_earned == 30
    assert changes(conn) == [("base", "silver", "claim")]
    assert_proven(database, context)


def test_members_are_told_once_ahead_of_a_downgrade_and_only_if_it_is_coming(conn, context):
    publish(conn, make_ladder(notice_days=14))
    _, customer_id = buy(conn, context)
    buy(conn, context, 330, "9002")
    april = datetime(2027, 4, 1, 0, 5, tzinfo=JST)
    run(conn, context, april)
    assert request_notices(conn, context, april + timedelta(days=20)) == 0
    run(conn, context, NEXT_MAY)
    assert held(conn, customer_id)[2] == date(2027, 5, 31)
    assert request_notices(conn, context, NEXT_MAY) == 0
    almost = datetime(2027, 5, 20, 9, 0, tzinfo=JST)
    assert request_notices(conn, context, almost) == 1
    assert request_notices(conn, context, almost) == 0
    found = conn.execute("select customer_id, tier, falls_on, falls_to from ranks.notices").fetchall()
    assert found == [(customer_id, "silver", date(2027, 6, 1), "base")]
    conn.rollback()


PLAN = plan_of(
    make_ladder(
        tier("silver", spent(3_000)),
        tier("gold", AtLeast(Measure.VISITS, 3, Lifetime())),
        tier("platinum", AtLeast(Measure.PURCHASES, 6, Lifetime())),
    )
)
MEMBER = UUID(int=1)
DAYS = [date(2026, month, day) for month in (5, 10, 11) for day in (4, 5, 30)]
"""Few enough for several purchases on one, in any order, with others between."""
ONE = st.builds(
    Bought,
    st.sampled_from(DAYS),
    st.just("pos"),
    st.just("S1"),
    st.integers(0, 3_000),
    st.integers(0, 3_000),
    st.integers(0, 30),
    st.just(value=True),
)
BOUGHT = st.lists(ONE, max_size=8)


def figures_of(bought) -> Figures:
    figures = Figures(PLAN, ZoneInfo("Asia/Tokyo"), {}, {}, {})
    for one in bought:
        figures.count(MEMBER, one)
    return figures


@settings(deadline=None)
@given(BOUGHT.flatmap(lambda bought: st.tuples(st.just(bought), st.permutations(bought))))
def test_the_order_of_arrival_does_not_change_the_rank_at_the_end_of_the_month(orders):
    one, other = (figures_of(bought).answers(MEMBER, date(2026, 11, 30)) for bought in orders)
    assert one == other
    assert attained(PLAN, one) == attained(PLAN, other)


@settings(deadline=None)
@given(BOUGHT, ONE)
def test_one_purchase_more_never_costs_a_rank_and_is_foreseen_as_it_then_counts(bought, more):
    figures, on = figures_of(bought), date(2026, 11, 30)
    before, foreseen = figures.answers(MEMBER, on), figures.answers_with(MEMBER, more, on)
    assert figures.answers(MEMBER, on) == before
    figures.count(MEMBER, more)
    assert figures.answers(MEMBER, on) == foreseen
    assert attained(PLAN, foreseen) >= attained(PLAN, before)
