"""Who has a benefit, who has not, and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benefits.factories import JST, NOON, TIERS, make_benefit, occasion, standing

from enishi import benefits
from enishi.benefits import BenefitKind, BenefitSettings, BenefitState, Grant, Limit, Per, Window

YUKI = UUID("019a8f6e-2b70-7c11-9d3e-5a1b2c3d4e5f")


@pytest.mark.parametrize(
    ("held", "and_above", "has"),
    [
        ("regular", True, False),
        ("silver", True, True),
        ("gold", True, True),
        ("gold", False, False),
        ("silver", False, True),
        (None, True, False),
    ],
)
def test_a_benefit_is_for_a_tier_alone_or_for_those_above_too(held, and_above, has):
    found = benefits.assess(make_benefit(and_above=and_above), standing(held), occasion(store="S1"), {})
    assert (found.state is BenefitState.AVAILABLE) == has
    assert found.is_due == has
    if not has:
        assert found.state is BenefitState.RANK_NEEDED


def test_a_tier_that_the_ladder_does_not_have_entitles_nobody():
    found = benefits.assess(make_benefit(tier="platinum"), standing("gold"), occasion(), {})
    assert found.state is BenefitState.RANK_NEEDED


def test_a_limit_counts_in_its_period_and_a_number_that_was_taken_back_is_free_again():
    cake = make_benefit(limit=Limit(3, Per.MONTH))
    used = {("cake", "2026-11"): [1, 3]}
    found = benefits.assess(cake, standing("gold"), occasion(), used)
    assert (found.state, found.slot, found.number, found.left) == (BenefitState.AVAILABLE, "2026-11", 2, 1)
    used = {("cake", "2026-11"): [1, 2, 3]}
    found = benefits.assess(cake, standing("gold"), occasion(), used)
    assert (found.state, found.number, found.left) == (BenefitState.USED_UP, None, 0)
    december = occasion(datetime(2026, 11, 30, 15, 0, tzinfo=JST) + timedelta(hours=9))
    assert benefits.assess(cake, standing("gold"), december, used).slot == "2026-12"


@pytest.mark.parametrize(
    ("per", "slot"),
    [
        (Per.EVER, "ever"),
        (Per.VISIT, "2026-11-20@S1"),
        (Per.DAY, "2026-11-20"),
        (Per.MONTH, "2026-11"),
        (Per.QUARTER, "2026-Q4"),
        (Per.YEAR, "2026"),
    ],
)
def test_a_period_is_of_the_programmes_zone(per, slot):
    just_after_midnight = datetime(2026, 11, 20, 0, 30, tzinfo=JST)
    asked = occasion(just_after_midnight, store="S1")
    assert benefits.assess(make_benefit(limit=Limit(1, per)), standing("gold"), asked, {}).slot == slot


def test_a_visit_to_nowhere_counts_nothing():
    found = benefits.assess(make_benefit(), standing("gold"), occasion(), {("cake", "2026-11-20@S1"): [1]})
    assert (found.state, found.slot, found.left) == (BenefitState.AVAILABLE, None, 1)


def test_upper_tiers_may_buy_earlier_and_everybody_in_the_end():
    opens = {"silver": NOON, "gold": NOON - timedelta(days=2)}
    early = make_benefit(
        "knife",
        kind=BenefitKind.EARLY_ACCESS,
        tier=None,
        limit=None,
        skus=("KNIFE",),
        windows=tuple(Window(tier, at) for tier, at in opens.items()),
        opens_at=NOON + timedelta(days=5),
    )

    def state(tier: str, at: datetime, sku: str = "KNIFE") -> BenefitState:
        return benefits.assess(early, standing(tier), occasion(at, sku=sku), {}).state

    assert state("gold", NOON - timedelta(days=2)) is BenefitState.AVAILABLE
    assert state("silver", NOON - timedelta(seconds=1)) is BenefitState.NOT_YET
    assert state("silver", NOON) is BenefitState.AVAILABLE
    assert state("regular", NOON) is BenefitState.NOT_YET
    assert state("regular", NOON + timedelta(days=5)) is BenefitState.AVAILABLE
    assert state("gold", NOON, "FORK") is BenefitState.OTHER_PRODUCT
    waiting = benefits.assess(early, standing("regular"), occasion(), {})
    assert waiting.opens_at == NOON + timedelta(days=5)
    assert benefits.explain(waiting, standing("regular"), "Asia/Tokyo", "ja") == (
        "2026/11/25 12:00 からご利用いただけます。"
    )


def test_stores_channels_amounts_and_periods_refuse_only_what_is_known_to_be_outside():
    shipping = make_benefit(
        "shipping", kind=BenefitKind.FREE_SHIPPING, limit=None, channels=("ec",), min_amount_yen=3_000, stores=("EC",)
    )
    for fields, state in (
        ({}, BenefitState.AVAILABLE),
        ({"channel": "ec", "amount_yen": 3_000, "store": "EC"}, BenefitState.AVAILABLE),
        ({"channel": "pos"}, BenefitState.OTHER_CHANNEL),
        ({"amount_yen": 2_999}, BenefitState.AMOUNT_NEEDED),
        ({"store": "S1"}, BenefitState.OTHER_STORE),
    ):
        assert benefits.assess(shipping, standing("silver"), occasion(**fields), {}).state is state
    november = make_benefit(from_at=NOON, until_at=NOON + timedelta(days=1))
    assert benefits.assess(november, standing("gold"), occasion(NOON - timedelta(1)), {}).state is BenefitState.NOT_YET
    assert benefits.assess(november, standing("gold"), occasion(NOON + timedelta(1)), {}).state is BenefitState.ENDED


def test_what_a_reward_grants_is_given_once_for_each_grant_the_one_that_ends_first_before_the_others():
    mug = make_benefit("mug", tier=None, rewards_only=True, limit=None)
    late = Grant(UUID(int=1), YUKI, "mug", "change:1", NOON, None)
    soon = Grant(UUID(int=2), YUKI, "mug", "change:2", NOON, date(2026, 11, 20))
    past = Grant(UUID(int=3), YUKI, "mug", "change:3", NOON, date(2026, 11, 19))
    nobody = benefits.assess(mug, standing("gold"), occasion(), {})
    assert nobody.state is BenefitState.NOT_GRANTED
    first = benefits.assess(mug, standing("regular"), occasion(), {}, [late, soon, past])
    assert (first.slot, first.left) == (benefits.grant_slot(soon), 2)
    used = {("mug", benefits.grant_slot(one)): [1] for one in (late, soon)}
    assert benefits.assess(mug, standing("regular"), occasion(), used, [late, soon, past]).state is BenefitState.USED_UP


def test_every_condition_is_told_with_what_was_found_and_what_is_needed():
    found = benefits.assess(make_benefit(stores=("S1", "S2")), standing("regular"), occasion(store="S9"), {})
    steps = benefits.steps_of(found, standing("regular"), "Asia/Tokyo", "ja")
    assert [(one.label, one.holds, one.found, one.needed) for one in steps] == [
        ("会員ランク", False, "レギュラー", "シルバー以上の方"),
        ("店舗", False, "S9", "S1, S2"),
        ("ご利用回数", True, "0", "1"),
    ]
    assert benefits.explain(found, standing("regular"), "Asia/Tokyo", "en") == "For: Silver and above."


def test_settings_that_can_not_be_meant_are_refused_with_field_and_remedy():
    settings = BenefitSettings(
        (
            make_benefit("a", tier="platinum"),
            make_benefit("a", name_en=" "),
            make_benefit("b", limit=None),
            make_benefit("c", kind=BenefitKind.EARLY_ACCESS, limit=None),
            make_benefit("d", min_amount_yen=100),
            make_benefit("e", from_at=NOON, until_at=NOON),
            make_benefit(
                "f",
                kind=BenefitKind.EARLY_ACCESS,
                limit=None,
                windows=(Window("silver", NOON), Window("gold", NOON + timedelta(1))),
                opens_at=NOON,
            ),
            make_benefit("g", rewards_only=True),
        )
    )
    assert [one.field for one in benefits.validate(settings, TIERS)] == [
        "benefits[0].code", "benefits[0].tier", "benefits[1].code", "benefits[1].name_en", "benefits[2].limit",
        "benefits[3].windows", "benefits[4].min_amount_yen", "benefits[5].until_at", "benefits[6].windows",
        "benefits[6].opens_at", "benefits[7].tier", "benefits[7].limit",
    ]  # fmt: skip
    assert benefits.validate(BenefitSettings((make_benefit(),)), TIERS) == []


@given(st.sets(st.integers(1, 6)), st.integers(1, 6), st.sampled_from([one.code for one in TIERS]))
def test_more_rank_never_takes_a_benefit_away_and_a_number_is_never_given_twice(numbers, times, tier):
    cake = make_benefit(tier=tier, limit=Limit(times, Per.DAY))
    used = {("cake", "2026-11-20"): sorted(numbers)}
    held = [benefits.assess(cake, standing(one.code), occasion(), used) for one in TIERS]
    states = [one.state is BenefitState.AVAILABLE for one in held]
    assert states == sorted(states)
    for one in held:
        if one.number is not None:
            assert one.number not in numbers
            assert 1 <= one.number <= times
