"""How campaigns go together, and that no order of anything plays a part."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.campaigns.factories import HUNDRED, TWICE, give, line, make_programme, make_version, points_of
from tests.flows.factories import NOON, make_purchase

from enishi import program
from enishi.campaigns import (
    WHOLE_CAMPAIGN,
    AddedPoints,
    AmountStep,
    AmountSteps,
    Ceilings,
    Conditions,
    CustomerFacts,
    Goods,
    Multiplier,
    PointsPerPiece,
    Stacking,
    StackMode,
    price_campaigns,
    price_left,
)


def stacked(mode: StackMode, priority: int = 0, *not_with: str, group: str = "g") -> Stacking:
    return Stacking(group=group, mode=mode, priority=priority, not_with=not_with)


def test_campaigns_without_a_group_are_added():
    priced = give(make_version(TWICE, "a"), make_version(HUNDRED, "b"), make_version(Multiplier(300), "c"))
    assert points_of(priced) == {"a": 18, "b": 100, "c": 36}


def test_best_of_keeps_the_one_worth_most_and_says_which():
    group = stacked(StackMode.BEST_OF)
    small = make_version(TWICE, "small", stacking=group)
    large = make_version(HUNDRED, "large", stacking=group)
    priced = give(small, large, make_version(AddedPoints(7), "apart"), why_not=True)
    assert points_of(priced) == {"large": 100, "apart": 7}
    assert [(one.campaign, one.reason, one.other) for one in priced.not_applied] == [("small", "better", "large")]


def test_best_of_compares_what_the_ceilings_leave():
    group = stacked(StackMode.BEST_OF)
    small = make_version(TWICE, "small", stacking=group)
    empty = make_version(HUNDRED, "empty", stacking=group, ceilings=Ceilings(budget_points=1_000))
    priced = give(small, empty, budgets={(empty.campaign_id, WHOLE_CAMPAIGN): 0})
    assert points_of(priced) == {"small": 18}


def test_multipliers_of_a_group_multiply_each_other():
    # 18 × 2 × 3 × 1.5 = 162 points in all, of which the base award is 18.
    group = stacked(StackMode.MULTIPLY)
    live = [
        make_version(TWICE, "a", stacking=structs.replace(group, priority=3)),
        make_version(Multiplier(300), "b", stacking=structs.replace(group, priority=2)),
        make_version(Multiplier(150), "c", stacking=structs.replace(group, priority=1)),
    ]
    priced = give(*live)
    assert points_of(priced) == {"a": 18, "b": 72, "c": 54}
    assert [award.basis.times_before for award in priced.awards] == ["", "2", "6"]


def test_multipliers_multiply_on_the_goods_that_they_share():
    group = stacked(StackMode.MULTIPLY)
    purchase = make_purchase(lines=(line("TEA", 2_200), line("BEAN", 1_100, category="coffee")))
    coffee = make_version(TWICE, "coffee", goods=Goods(categories=("coffee",)), stacking=stacked(StackMode.MULTIPLY, 1))
    everything = make_version(Multiplier(300), "all", stacking=group)
    # Tea: 20 × 3. Coffee: 10 × 2 × 3. In all 120, of which the base award is 30.
    assert points_of(give(coffee, everything, purchase=purchase)) == {"coffee": 10, "all": 80}


def test_a_multiplier_whose_budget_is_empty_multiplies_nothing():
    first = make_version(TWICE, "a", stacking=stacked(StackMode.MULTIPLY, 2), ceilings=Ceilings(budget_points=100))
    second = make_version(Multiplier(300), "b", stacking=stacked(StackMode.MULTIPLY, 1))
    assert points_of(give(first, second, budgets={(first.campaign_id, WHOLE_CAMPAIGN): 0})) == {"b": 36}


def test_of_two_that_exclude_each_other_the_higher_priority_applies_whoever_names_whom():
    for a_names, b_names in ((("b",), ()), ((), ("a",)), (("b",), ("a",))):
        a = make_version(TWICE, "a", stacking=Stacking(priority=5, not_with=a_names))
        b = make_version(HUNDRED, "b", stacking=Stacking(priority=1, not_with=b_names))
        priced = give(a, b, why_not=True)
        assert points_of(priced) == {"a": 18}
        assert [(one.campaign, one.reason, one.other) for one in priced.not_applied] == [("b", "not_with", "a")]


def test_a_second_best_gets_its_chance_when_the_best_is_excluded():
    best = make_version(HUNDRED, "best", stacking=stacked(StackMode.BEST_OF))
    second = make_version(TWICE, "second", stacking=stacked(StackMode.BEST_OF))
    ruling = make_version(AddedPoints(3), "ruling", stacking=Stacking(priority=9, not_with=("best",)))
    assert points_of(give(best, second, ruling)) == {"ruling": 3, "second": 18}


def test_the_order_in_which_campaigns_are_stored_plays_no_part():
    live = [
        make_version(TWICE, "a", stacking=stacked(StackMode.BEST_OF, 1)),
        make_version(AddedPoints(18), "b", stacking=stacked(StackMode.BEST_OF, 1)),
        make_version(Multiplier(300), "c", stacking=Stacking(not_with=("a",))),
        make_version(HUNDRED, "d"),
    ]
    outcomes = {tuple(sorted(points_of(give(*order)).items())) for order in permutations(live)}
    assert len(outcomes) == 1


GOODS = st.sampled_from([None, Goods(skus=("A",)), Goods(categories=("c1",)), Goods(sku_prefixes=("B",))])
EFFECTS = st.one_of(
    st.builds(Multiplier, st.integers(101, 900)),
    st.builds(AddedPoints, st.integers(1, 500)),
    st.just(AmountSteps((AmountStep(500, 5), AmountStep(2_000, 40), AmountStep(9_000, 300)))),
)
LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(["A", "B1", "B2", "C"]),
        st.integers(0, 9_999),
        st.integers(1, 4),
        st.sampled_from(["c1", "c2", "tobacco"]),
        st.sampled_from([8, 10]),
    ),
    min_size=1,
    max_size=6,
)


@st.composite
def campaigns(draw: st.DrawFn) -> list[object]:
    live = []
    for number in range(draw(st.integers(1, 4))):
        goods = draw(GOODS)
        effect = draw(EFFECTS if goods is None else st.one_of(EFFECTS, st.builds(PointsPerPiece, st.integers(1, 50))))
        mode = draw(st.sampled_from(StackMode))
        if mode is StackMode.MULTIPLY and not isinstance(effect, Multiplier):
            mode = StackMode.ADD
        live.append(
            make_version(
                effect,
                f"k{number}",
                goods=goods,
                conditions=Conditions(from_yen=draw(st.sampled_from([0, 1_000, 3_000]))),
                stacking=Stacking(group=f"g-{mode.value}", mode=mode, priority=draw(st.integers(0, 3))),
                ceilings=Ceilings(receipt_points=draw(st.sampled_from([None, 30, 400]))),
            )
        )
    return live


@given(campaigns(), LINES, st.data())
@settings(max_examples=150)
def test_returning_everything_in_any_order_leaves_nothing_and_mints_nothing(live, lines, data):
    chosen = structs.replace(program.default_settings(), excluded_categories=("tobacco",))
    programme = make_programme(chosen)
    purchase = make_purchase(lines=tuple(lines))
    priced = give(*live, purchase=purchase, programme=programme)
    awarded = [(award.basis, next(one for one in live if one.code == award.basis.campaign)) for award in priced.awards]
    before = [award.points for award in priced.awards]
    whole = program.assess(purchase, programme)
    assert price_left(purchase, chosen, whole, awarded, NOON.date()) == before
    left = list(lines)
    for gone in data.draw(st.permutations(range(len(lines)))):
        left = [one for one in left if one is not lines[gone]] if len(left) > 1 else []
        rest = make_purchase(lines=tuple(left)) if left else None
        basis = program.assess(rest, programme) if rest else None
        now = price_left(rest, chosen, basis, awarded, NOON.date())
        assert all(0 <= after <= award.points for after, award in zip(now, priced.awards, strict=True))
        if not left:
            break
    assert now == [0] * len(awarded)


@given(campaigns(), LINES, st.integers(0, 5_000))
@settings(max_examples=100)
def test_no_ceiling_and_no_budget_is_ever_passed(live, lines, budget):
    live = [
        structs.replace(
            one,
            rules=structs.replace(one.rules, ceilings=structs.replace(one.rules.ceilings, budget_points=10_000)),
        )
        for one in live
    ]
    purchase = make_purchase(lines=tuple(lines))
    programme = make_programme()
    basis = program.assess(purchase, programme)
    priced = price_campaigns(
        purchase,
        programme,
        basis,
        live,
        CustomerFacts(),
        on=NOON.date(),
        budgets={(one.campaign_id, WHOLE_CAMPAIGN): budget for one in live},
    )
    for award in priced.awards:
        rules = next(one.rules for one in live if one.code == award.basis.campaign)
        assert 0 < award.points <= min(budget, rules.ceilings.receipt_points or award.points)
        assert award.points + sum(cut.lost for cut in award.basis.cuts) >= award.points
