"""Which rank figures give: the reference ladder in ten worked examples, and what holds for every ladder."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kit.identifiers import IdentifierKind
from enishi.ranks import (
    TEMPLATES,
    AllOf,
    AnyOf,
    AtLeast,
    Criterion,
    Holds,
    Ladder,
    Lifetime,
    Measure,
    RollingMonths,
    TierRule,
    alternatives_of,
    attained,
    plan_of,
)
from enishi.ranks.calendar import month_number
from enishi.ranks.rules import answer_months, count_alternatives, ways_to

REFERENCE = TEMPLATES["points"]()
PLAN = plan_of(REFERENCE)
NOVEMBER = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("points", "count", "card", "tier"),
    [
        (0, 0, True, "regular"),
        (200, 2, False, "silver"),
        (199, 2, False, "regular"),
        (10_000, 1, True, "regular"),  # points alone do not do it
        (700, 6, False, "silver"),
        (700, 7, False, "gold"),
        (2_000, 15, False, "platinum"),
        (4_000, 30, False, "platinum"),  # the highest needs the card besides
        (4_000, 30, True, "diamond"),
        (3_999, 500, True, "platinum"),
    ],
)
def test_the_reference_ladder_by_points_and_count_within_six_months(points, count, card, tier):
    level = attained(PLAN, [points, count, int(card)])
    assert REFERENCE.tiers[level].code == tier


def test_levels_can_be_skipped_and_a_tier_needs_none_below_it():
    assert attained(PLAN, [2_000, 15, 0]) == 3
    odd = Ladder(
        name="odd",
        tiers=(
            *REFERENCE.tiers[:1],
            tier("visitor", AtLeast(Measure.VISITS, 10, RollingMonths(6))),
            tier("spender", AtLeast(Measure.AMOUNT_WITH_TAX, 100_000, RollingMonths(6))),
        ),
    )
    assert attained(plan_of(odd), [0, 100_000]) == 2


def test_six_months_are_this_one_and_the_five_before_it():
    months = {month_number(date(2026, month, 1)): sums(points=100, purchases=1) for month in range(1, 12)}
    answers = [0, 0, 0]
    answer_months(PLAN, months, NOVEMBER, answers)
    assert answers == [600, 6, 0]
    # At the evaluation of 1 December November is over, and the same six months count: June to November.
    answer_months(PLAN, months, date(2026, 11, 30), answers)
    assert answers == [600, 6, 0]
    answer_months(PLAN, months, date(2026, 12, 1), answers)
    assert answers == [500, 5, 0]


def test_what_is_missing_is_told_by_each_alternative_and_until_when_it_counts():
    ((points, count),) = ways_to(PLAN, 2, [260, 8, 1], NOVEMBER)
    assert (points.found, points.needed, points.missing, points.by) == (260, 700, 440, date(2026, 11, 30))
    assert (count.found, count.needed, count.missing) == (8, 7, 0)
    salon = plan_of(TEMPLATES["salon"]())
    visits, amount = ways_to(salon, 2, [5, 30_000, 9], NOVEMBER)
    assert [[one.missing for one in way] for way in (visits, amount)] == [[3], [70_000]]
    (_, (ever,)) = ways_to(salon, 3, [5, 30_000, 9], NOVEMBER)
    assert (ever.missing, ever.by) == (41, None)


def sums(*, amount: int = 0, net: int = 0, visits: int = 0, purchases: int = 0, points: int = 0) -> list[int]:
    return [amount, net, visits, purchases, points, 0]


def tier(code: str, criteria: Criterion | None) -> TierRule:
    return TierRule(code=code, name_ja=code, name_en=code, colour="#000000", criteria=criteria)


LEAVES = st.one_of(
    st.builds(
        AtLeast,
        st.sampled_from(Measure),
        st.integers(1, 50),
        st.one_of(st.builds(RollingMonths, st.integers(1, 12)), st.just(Lifetime())),
    ),
    st.builds(Holds, st.sampled_from(IdentifierKind)),
)
CRITERIA = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
LADDERS = st.lists(CRITERIA, min_size=1, max_size=4).map(
    lambda criteria: Ladder(
        name="any", tiers=(tier("t0", None), *(tier(f"t{level}", one) for level, one in enumerate(criteria, 1)))
    )
)


def holds(criterion: Criterion, answer: dict[object, int]) -> bool:
    """A criterion as its brackets are read, without multiplying them out."""
    match criterion:
        case AllOf(of):
            return all(holds(one, answer) for one in of)
        case AnyOf(of):
            return any(holds(one, answer) for one in of)
        case AtLeast():
            return answer[criterion.measure, criterion.window] >= criterion.value
        case Holds(fact):
            return answer[fact] == 1
    raise AssertionError(criterion)


@given(LADDERS, st.data())
def test_the_highest_tier_whose_brackets_hold_is_attained(ladder, data):
    plan = plan_of(ladder)
    answers = [
        data.draw(st.integers(0, 60) if hasattr(one, "measure") else st.integers(0, 1)) for one in plan.questions
    ]
    by_question = {
        (one.measure, one.window) if hasattr(one, "measure") else one.fact: answer
        for one, answer in zip(plan.questions, answers, strict=True)
    }
    fulfilled = [level for level, one in enumerate(ladder.tiers) if one.criteria and holds(one.criteria, by_question)]
    assert attained(plan, answers) == max(fulfilled, default=0)


@given(LADDERS, st.data())
def test_a_member_never_loses_a_rank_by_buying_more(ladder, data):
    plan = plan_of(ladder)
    answers = [data.draw(st.integers(0, 60)) for _ in plan.questions]
    more = [answer + data.draw(st.integers(0, 20)) for answer in answers]
    assert attained(plan, more) >= attained(plan, answers)


@given(CRITERIA)
def test_alternatives_are_counted_without_making_them(criterion):
    assert count_alternatives(criterion) == len(alternatives_of(criterion))


@given(LADDERS)
def test_a_ladder_comes_back_from_json_as_it_was(ladder):
    assert msgspec.json.decode(msgspec.json.encode(ladder), type=Ladder) == ladder
