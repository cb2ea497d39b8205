"""What a document changes, what of it is dangerous, and what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.campaigns.factories import END, HUNDRED, START, make_rules
from tests.configuration.factories import IN_FORCE, LADDER, make_current

from enishi import program
from enishi.campaigns import AddedPoints, Ceilings, Conditions, State
from enishi.configuration import (
    Configuration,
    DangerousChange,
    InvalidConfiguration,
    find_problems,
    make_plan,
    read_configuration,
    refuse_dangers,
    refuse_problems,
    write_configuration,
)

SETTINGS = program.default_settings()


def _with(struct: Any, /, **fields: Any) -> Any:
    return msgspec.structs.replace(struct, **fields)


def _programme(**fields: Any) -> Configuration:
    return Configuration(format=1, program=_with(SETTINGS, **fields))


def _earning(**fields: Any) -> Configuration:
    return _programme(earning=_with(SETTINGS.earning, **fields))


def _campaign(**fields: Any) -> Configuration:
    return Configuration(format=1, campaigns={"november": make_rules(**fields)})


def _ladder(*, value: int = 700, code: str = "gold") -> Configuration:
    regular, gold = LADDER.tiers
    gold = _with(gold, code=code, criteria=_with(gold.criteria, value=value))
    return Configuration(format=1, ladder=_with(LADDER, tiers=(regular, gold)))


def test_applying_what_is_in_force_changes_nothing() -> None:
    plan = make_plan(IN_FORCE, make_current())
    assert (plan.changes, plan.dangers, plan.left_alone) == ((), (), ())
    assert find_problems(IN_FORCE, make_current()) == []


def test_an_exported_document_changes_nothing_when_it_is_applied() -> None:
    exported = read_configuration(write_configuration(IN_FORCE).encode())
    assert make_plan(exported, make_current()).changes == ()


def test_a_part_that_is_left_out_stays_as_it_is() -> None:
    assert make_plan(Configuration(format=1), make_current(), prune=True).changes == ()


def test_each_changed_field_is_named_with_what_it_was() -> None:
    wanted = Configuration(
        format=1,
        program=_with(SETTINGS, name="新ポイント"),
        campaigns={
            **(IN_FORCE.campaigns or {}),
            "december": make_rules(starts_at=END, ends_at=END.replace(month=12, day=9)),
        },
    )
    plan = make_plan(wanted, make_current())
    assert plan.sections == {"program", "campaigns"}
    assert plan.campaigns == ("december",)
    (name,) = [one for one in plan.changes if one.section == "program"]
    assert (name.field, name.before, name.after) == ("name", '"ポイント制度"', '"新ポイント"')
    assert plan.dangers == ()


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        (_programme(zone="Europe/Paris"), "program.zone", "program.zone"),
        (_earning(points_per_unit=10), "program.rate-jump", "program.earning"),
        (_earning(unit_yen=200), "program.rate-cut", "program.earning"),
        (_earning(points_per_unit=0), "program.rate-cut", "program.earning"),
        (_programme(expiry=program.MonthsToMonthEnd(6)), "program.shorter-expiry", "program.expiry"),
        (_programme(last_use_on={"limited": date(2026, 12, 1)}), "program.wind-down", "program.last_use_on.limited"),
        (_ladder(value=701), "ladder.harder", "ladder.tiers[gold]"),
        (_ladder(code="platinum"), "ladder.tier-removed", "ladder.tiers[gold]"),
        (_campaign(ends_at=END.replace(day=1, month=11, hour=1)), "campaign.ends-sooner", "campaigns.november.ends_at"),
        (_campaign(effect=AddedPoints(50)), "campaign.terms-changed", "campaigns.november"),
        (
            _campaign(ceilings=Ceilings(budget_points=499)),
            "campaign.budget-below-given",
            "campaigns.november.ceilings.budget_points",
        ),
    ],
)
def test_what_harms_members_is_refused_until_it_is_accepted_by_name(
    wanted: Configuration, code: str, field: str
) -> None:
    plan = make_plan(wanted, make_current())
    assert [(one.code, one.field) for one in plan.dangers] == [(code, field)]
    with pytest.raises(DangerousChange) as refused:
        refuse_dangers(plan, ())
    assert refused.value.field == field
    refuse_dangers(plan, {code})


def test_a_store_whose_own_rule_goes_falls_back_to_the_base_rate_and_is_named() -> None:
    double = _with(SETTINGS.earning, points_per_unit=2)
    held = _with(IN_FORCE, program=_with(SETTINGS, store_overrides={"kyoto": double}))
    plan = make_plan(Configuration(format=1, program=SETTINGS), make_current(configuration=held))
    (danger,) = plan.dangers
    assert (danger.code, danger.field) == ("program.rate-cut", "program.store_overrides.kyoto")
    assert danger.detail == "The rate of store kyoto would fall from 2 % to 1 %."
    assert danger.detail_ja == "店舗 kyoto の還元率が 2 % から 1 % に下がります。"


@pytest.mark.parametrize(
    "wanted",
    [
        _earning(points_per_unit=2),
        _programme(expiry=program.MonthsToMonthEnd(24)),
        _programme(last_use_on={"limited": date(2027, 12, 1)}),
        _ladder(value=699),
        _campaign(ends_at=END.replace(day=9, month=12)),
        _campaign(ceilings=Ceilings(budget_points=500)),
    ],
)
def test_what_only_gives_more_is_no_danger(wanted: Configuration) -> None:
    plan = make_plan(wanted, make_current())
    assert plan.changes != ()
    assert plan.dangers == ()


def test_a_store_that_loses_its_own_better_rate_is_a_danger() -> None:
    better = _with(SETTINGS.earning, points_per_unit=3)
    current = make_current(configuration=_with(IN_FORCE, program=_with(SETTINGS, store_overrides={"tokyo": better})))
    plan = make_plan(_programme(name="新ポイント"), current)
    assert [(one.code, one.field) for one in plan.dangers] == [("program.rate-cut", "program.store_overrides.tokyo")]


@pytest.mark.parametrize(
    ("before", "after", "is_shorter"),
    [
        (program.FixedDate(date(2028, 3, 31)), program.FixedDate(date(2028, 3, 30)), True),
        (program.FixedDate(date(2028, 3, 31)), program.FixedDate(date(2028, 4, 1)), False),
        (program.FixedDate(date(2028, 3, 31)), program.MonthsToMonthEnd(12), True),
        (program.FixedDate(date(2027, 3, 31)), program.MonthsToMonthEnd(12), False),
        (program.ExtendedByActivity(12, to_month_end=True), program.ExtendedByActivity(12), True),
        (program.MonthsToMonthEnd(12), program.FixedDate(date(2030, 3, 31)), False),
    ],
)
def test_points_that_would_end_sooner_are_a_danger_whatever_the_policy(
    before: program.ExpiryPolicy, after: program.ExpiryPolicy, is_shorter: bool
) -> None:
    current = make_current(configuration=_with(IN_FORCE, program=_with(SETTINGS, expiry=before)))
    dangers = make_plan(_programme(expiry=after), current).dangers
    assert [one.code for one in dangers] == ["program.shorter-expiry"] * is_shorter


def test_a_campaign_that_is_not_named_ends_only_when_asked_for_and_then_it_is_a_danger() -> None:
    wanted = Configuration(format=1, campaigns={})
    assert make_plan(wanted, make_current()).left_alone == ("november",)
    plan = make_plan(wanted, make_current(), prune=True)
    assert plan.campaigns == ("november",)
    assert [one.code for one in plan.dangers] == ["campaign.ended"]


@given(st.sampled_from([State.DRAFT, State.IN_REVIEW]))
def test_a_campaign_that_nobody_was_promised_can_be_changed_freely(state: State) -> None:
    plan = make_plan(_campaign(effect=AddedPoints(1)), make_current(states={"november": state}))
    assert plan.campaigns == ("november",)
    assert plan.dangers == ()


@pytest.mark.parametrize(
    ("conditions", "field", "detail"),
    [
        (Conditions(ranks=("gould",)), "conditions.ranks", "There is no rank 'gould'."),
        (Conditions(segments=("awake",)), "conditions.segments", "There is no segment 'awake'."),
        (Conditions(stores=("osaka",)), "conditions.stores", "There is no store 'osaka'."),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_its_field(conditions: Conditions, field: str, detail: str) -> None:
    wanted = Configuration(format=1, campaigns={"december": make_rules(HUNDRED, conditions=conditions)})
    problems = find_problems(wanted, make_current())
    assert [(one.field, one.detail) for one in problems] == [(f"campaigns.december.{field}", detail)]
    with pytest.raises(InvalidConfiguration):
        refuse_problems(problems)


def test_a_rank_of_the_same_document_counts_as_known() -> None:
    wanted = Configuration(
        format=1,
        ladder=_ladder(code="platinum").ladder,
        campaigns={"december": make_rules(conditions=Conditions(ranks=("platinum",)))},
    )
    assert find_problems(wanted, make_current()) == []


def test_a_campaign_that_is_over_is_neither_begun_nor_begun_again() -> None:
    over = make_rules(starts_at=START.replace(month=9), ends_at=START.replace(month=10))
    problems = find_problems(Configuration(format=1, campaigns={"september": over}), make_current())
    assert [one.field for one in problems] == ["campaigns.september.ends_at"]
    ended = make_current(states={"november": State.ENDED})
    problems = find_problems(_campaign(effect=AddedPoints(7)), ended)
    assert [(one.field, one.detail) for one in problems] == [
        ("campaigns.november", "A campaign of this code has ended.")
    ]


def test_every_problem_is_named_with_its_place_in_the_document() -> None:
    wanted = Configuration(
        format=1, program=_with(SETTINGS, zone="Atlantis"), ladder=_with(LADDER, tiers=LADDER.tiers * 2)
    )
    fields = [one.field for one in find_problems(wanted, make_current())]
    assert fields[0] == "program.zone"
    assert any(field.startswith("ladder.tiers") for field in fields)
