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
from enishi.program import Problem

_LONGEST = timedelta(days=3_660)


def validate(rules: CampaignRules, code: str = "") -> list[Problem]:
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
            problems.append(
                Problem(
                    f"ceilings.store_budgets.{store}",
                    f"Store {store} has a budget and does not take part.",
                    "Add the store to conditions.stores, or take its budget out.",
                )
            )
    if rules.trigger is Trigger.JOINING:
        problems += _check_joining(rules)
    return problems


def compare(rules: CampaignRules, code: str, others: Iterable[tuple[str, CampaignRules]]) -> list[Problem]:
    """List what does not go together with campaigns that run at the same time: code and rules of each."""
    problems: list[Problem] = []
    for other_code, other in others:
        if other_code == code or not (rules.starts_at < other.ends_at and other.starts_at < rules.ends_at):
            continue
        group = rules.stacking.group
        if group and group == other.stacking.group and rules.stacking.mode is not other.stacking.mode:
            problems.append(
                Problem(
                    "stacking.mode",
                    f"In the group {group}, {other_code} is {other.stacking.mode.value} and this campaign "
                    f"{rules.stacking.mode.value}.",
                    "Give all campaigns of a group that run together one mode, or use another group.",
                )
            )
        excludes = code in other.stacking.not_with or other_code in rules.stacking.not_with
        if excludes and rules.stacking.priority == other.stacking.priority:
            problems.append(
                Problem(
                    "stacking.priority",
                    f"This campaign and {other_code} exclude each other and have the same priority.",
                    "Give one of them a higher priority: it decides which of them applies.",
                )
            )
    return problems


def _check_period(rules: CampaignRules) -> Iterator[Problem]:
    if rules.ends_at <= rules.starts_at:
        yield Problem("ends_at", "The campaign ends before it starts.", "Choose an end after the start.")
    elif rules.ends_at - rules.starts_at > _LONGEST:
        yield Problem("ends_at", "The campaign runs for more than ten years.", "That belongs into the programme.")
    for field, name in (("name_ja", rules.name_ja), ("name_en", rules.name_en)):
        if not name.strip():
            yield Problem(field, "The campaign has no name.", "Give it the name that members are told.")


def _check_effect(rules: CampaignRules) -> Iterator[Problem]:
    match rules.effect:
        case PointsPerPiece() if rules.goods is None:
            yield Problem(
                "goods", "Points by the piece need goods.", "Name SKUs, beginnings of SKUs or categories in goods."
            )
        case AmountSteps(steps):
            for index, (lower, higher) in enumerate(pairwise(steps), 1):
                if higher.from_yen <= lower.from_yen or higher.points <= lower.points:
                    yield Problem(
                        f"effect.steps[{index}]",
                        "A step is not above the one before it, in amount and in points.",
                        "Let amounts and points ascend.",
                    )
        case _:
            pass


def _check_award(rules: CampaignRules) -> Iterator[Problem]:
    award = rules.award
    has_own_expiry = award.valid_days is not None or award.valid_until is not None
    if award.kind == "limited" and not has_own_expiry:
        yield Problem("award.valid_days", "Limited points have no last day.", "Set valid_days or valid_until.")
    if award.kind == "regular" and has_own_expiry:
        yield Problem(
            "award.kind",
            "Regular points expire as the programme says.",
            "Make them limited points, or take valid_days and valid_until out.",
        )
    if award.valid_until is not None and award.valid_until < rules.starts_at.date() - timedelta(days=1):
        yield Problem(
            "award.valid_until", "The points expire before the campaign starts.", "Choose a day after the start."
        )


def _check_stacking(rules: CampaignRules, code: str) -> Iterator[Problem]:
    stacking = rules.stacking
    if stacking.mode is not StackMode.ADD and not stacking.group:
        yield Problem(
            "stacking.group", f"The mode {stacking.mode.value} needs a group.", "Name the group, or use the mode add."
        )
    if stacking.mode is StackMode.MULTIPLY and not isinstance(rules.effect, Multiplier):
        yield Problem(
            "stacking.mode",
            "Only multipliers can multiply each other.",
            "Use the mode add or best_of, or a multiplier.",
        )
    if code and code in stacking.not_with:
        yield Problem("stacking.not_with", "The campaign excludes itself.", "Take its own code out.")


def _check_conditions(conditions: Conditions) -> Iterator[Problem]:
    both = sorted(set(conditions.stores) & set(conditions.stores_except))
    if both:
        yield Problem("conditions.stores_except", f"{', '.join(both)} take part and do not.", "Name each store once.")
    if sorted(set(conditions.segments) & set(conditions.segments_except)):
        yield Problem("conditions.segments_except", "A segment takes part and does not.", "Name each segment once.")
    for index, hours in enumerate(conditions.hours):
        if hours.from_time == hours.to_time:
            yield Problem(
                f"conditions.hours[{index}]", "The hours have no length.", "Use 00:00 to 24:00 for the whole day."
            )
    if conditions.customer == "new" and (conditions.away_days is not None or conditions.visit is not None):
        yield Problem(
            "conditions.customer",
            "A first purchase is no later visit and follows no absence.",
            "Take away_days and visit out, or let the customer be any.",
        )


def _check_goods(goods: Goods) -> Iterator[Problem]:
    if not (goods.skus or goods.sku_prefixes or goods.categories):
        yield Problem("goods", "No goods are named.", "Name some, or leave goods out: then all goods count.")


def _check_joining(rules: CampaignRules) -> Iterator[Problem]:
    if not isinstance(rules.effect, AddedPoints):
        yield Problem("effect", "Who joins has bought nothing yet.", "Use added points.")
    if rules.conditions != Conditions() or rules.goods is not None:
        yield Problem(
            "conditions",
            "Who joins has bought nothing that a condition could look at.",
            "Leave conditions and goods out.",
        )
    ceilings = rules.ceilings
    if ceilings.store_budgets or ceilings.receipt_points or ceilings.member_points or ceilings.member_times:
        yield Problem("ceilings", "Joining happens once, and in no store.", "Only budget_points can limit it.")
