"""What is wrong with a campaign's rules, in themselves and beside the others: every problem at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from enishi.campaigns.model import (
    AddedPoints,
    AmountSteps,
    CampaignRules,
    Conditions,
    Goods,
    Multiplier,
    PointsPerPiece,
    StackMode,
    Trigger,
)
from enishi.campaigns.problems import CampaignProblem, problem
from enishi.kit.calendar import is_in_calendar

_LONGEST = timedelta(days=3_660)


def validate(rules: CampaignRules, code: str = "") -> list[CampaignProblem]:
    """List what is wrong with the rules themselves."""
    problems = [
        *_check_period(rules),
        *_check_effect(rules),
        *_check_award(rules),
        *_check_stacking(rules, code),
        *_check_conditions(rules.conditions),
    ]
    if rules.goods is not None:
        problems += _check_goods(rules.goods)
    for store in rules.ceilings.store_budgets:
        if rules.conditions.stores and store not in rules.conditions.stores:
            problems.append(problem("store-budget-outside", f"ceilings.store_budgets.{store}", store=store))
    if rules.trigger is Trigger.JOINING:
        problems += _check_joining(rules)
    return problems


def compare(rules: CampaignRules, code: str, others: Iterable[tuple[str, CampaignRules]]) -> list[CampaignProblem]:
    """List what does not go together with campaigns that run at the same time: code and rules of each."""
    problems: list[CampaignProblem] = []
    for other_code, other in others:
        if other_code == code or not (rules.starts_at < other.ends_at and other.starts_at < rules.ends_at):
            continue
        group = rules.stacking.group
        if group and group == other.stacking.group and rules.stacking.mode is not other.stacking.mode:
            problems.append(
                problem(
                    "group-modes-differ",
                    "stacking.mode",
                    group=group,
                    other=other_code,
                    their_mode=other.stacking.mode.value,
                    own_mode=rules.stacking.mode.value,
                )
            )
        excludes = code in other.stacking.not_with or other_code in rules.stacking.not_with
        if excludes and rules.stacking.priority == other.stacking.priority:
            problems.append(problem("same-priority", "stacking.priority", other=other_code))
    return problems


def _check_period(rules: CampaignRules) -> Iterator[CampaignProblem]:
    if rules.ends_at <= rules.starts_at:
        yield problem("ends-first", "ends_at")
    elif rules.ends_at - rules.starts_at > _LONGEST:
        yield problem("too-long", "ends_at")
    for field, instant in (("starts_at", rules.starts_at), ("ends_at", rules.ends_at)):
        if not is_in_calendar(instant):
            yield problem("outside-calendar", field)
    for field, name in (("name_ja", rules.name_ja), ("name_en", rules.name_en)):
        if not name.strip():
            yield problem("no-name", field)


def _check_effect(rules: CampaignRules) -> Iterator[CampaignProblem]:
    match rules.effect:
        case PointsPerPiece() if rules.goods is None:
            yield problem("pieces-need-goods", "goods")
        case AmountSteps(steps):
            for index, (lower, higher) in enumerate(pairwise(steps), 1):
                if higher.from_yen <= lower.from_yen or higher.points <= lower.points:
                    yield problem("steps-not-ascending", f"effect.steps[{index}]")
        case _:
            pass


def _check_award(rules: CampaignRules) -> Iterator[CampaignProblem]:
    award = rules.award
    has_own_expiry = award.valid_days is not None or award.valid_until is not None
    if award.kind == "limited" and not has_own_expiry:
        yield problem("limited-without-end", "award.valid_days")
    if award.kind == "regular" and has_own_expiry:
        yield problem("regular-with-end", "award.kind")
    if award.valid_until is not None and award.valid_until.toordinal() < rules.starts_at.date().toordinal() - 1:
        yield problem("expires-first", "award.valid_until")


def _check_stacking(rules: CampaignRules, code: str) -> Iterator[CampaignProblem]:
    stacking = rules.stacking
    if stacking.mode is not StackMode.ADD and not stacking.group:
        yield problem("mode-needs-group", "stacking.group", own_mode=stacking.mode.value)
    if stacking.mode is StackMode.MULTIPLY and not isinstance(rules.effect, Multiplier):
        yield problem("only-multipliers-multiply", "stacking.mode")
    if code and code in stacking.not_with:
        yield problem("excludes-itself", "stacking.not_with")


def _check_conditions(conditions: Conditions) -> Iterator[CampaignProblem]:
    both = sorted(set(conditions.stores) & set(conditions.stores_except))
    if both:
        yield problem("stores-in-and-out", "conditions.stores_except", stores=", ".join(both))
    if set(conditions.segments) & set(conditions.segments_except):
        yield problem("segments-in-and-out", "conditions.segments_except")
    for index, hours in enumerate(conditions.hours):
        if hours.from_time == hours.to_time:
            yield problem("empty-hours", f"conditions.hours[{index}]")
    if conditions.customer == "new" and (conditions.away_days is not None or conditions.visit is not None):
        yield problem("first-and-later", "conditions.customer")


def _check_goods(goods: Goods) -> Iterator[CampaignProblem]:
    if not (goods.skus or goods.sku_prefixes or goods.categories):
        yield problem("no-goods", "goods")


def _check_joining(rules: CampaignRules) -> Iterator[CampaignProblem]:
    if not isinstance(rules.effect, AddedPoints):
        yield problem("joining-gives-added", "effect")
    if rules.conditions != Conditions() or rules.goods is not None:
        yield problem("joining-without-conditions", "conditions")
    ceilings = rules.ceilings
    if ceilings.store_budgets or ceilings.receipt_points or ceilings.member_points or ceilings.member_times:
        yield problem("joining-has-one-limit", "ceilings")
