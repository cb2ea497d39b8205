"""What makes a ladder fit to be published. Every problem is found at once, each with its field and its remedy. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from enishi.ranks.ladder import (
    MAX_ALTERNATIVES,
    AllOf,
    AnyOf,
    AtLeast,
    Criterion,
    Ladder,
    Measure,
    PointsReward,
    TierRule,
    UntilEvaluation,
    YearlyOn,
)
from enishi.ranks.rules import count_alternatives, plan_of

MAX_DEPTH = 6
"""How deep brackets may be nested."""
MAX_STORES = 2_000
_STORE_CODE = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_GROUP_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


class Problem(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing wrong with a ladder: the field as a path, what is wrong, and what would be right.

    ``code`` names the kind of problem, for pages that say it in their own words.
    """

    field: str
    detail: str
    remedy: str
    code: str


def validate(ladder: Ladder) -> list[Problem]:
    """List everything that keeps a ladder from being published; empty when it is fit."""
    problems = [*_check_groups(ladder), *_check_codes(ladder)]
    for level, tier in enumerate(ladder.tiers):
        problems += _check_tier(f"tiers[{level}]", level, tier, ladder)
    problems += _check_schedule(ladder)
    if not problems:
        problems += _check_order(ladder)
    return problems


def _check_groups(ladder: Ladder) -> Iterator[Problem]:
    for name, stores in ladder.store_groups.items():
        field = f"store_groups[{name!r}]"
        if not _GROUP_NAME.fullmatch(name):
            yield Problem(
                field, "The group of stores has no usable name.", "Use 1 to 64 printable characters.", "group-name"
            )
        if not 1 <= len(stores) <= MAX_STORES:
            yield Problem(
                field, f"The group has {len(stores):,} stores.", f"List 1 to {MAX_STORES:,} stores.", "group-size"
            )
        for index, store in enumerate(stores):
            if not _STORE_CODE.fullmatch(store):
                remedy = "Use 1 to 64 letters, digits, dots, colons, hyphens or underscores."
                yield Problem(f"{field}[{index}]", f"{store!r} can not be the code of a store.", remedy, "group-store")
            elif store in stores[:index]:
                yield Problem(
                    f"{field}[{index}]", f"{store!r} is listed twice.", "List each store once.", "group-store-twice"
                )


def _check_codes(ladder: Ladder) -> Iterator[Problem]:
    seen: set[str] = set()
    for level, tier in enumerate(ladder.tiers):
        if tier.code in seen:
            yield Problem(
                f"tiers[{level}].code",
                f"{tier.code!r} names two tiers.",
                "Give each tier a code of its own.",
                "code-twice",
            )
        seen.add(tier.code)


def _check_tier(field: str, level: int, tier: TierRule, ladder: Ladder) -> Iterator[Problem]:
    for name in ("name_ja", "name_en"):
        if not getattr(tier, name).strip():
            yield Problem(f"{field}.{name}", "The tier has no name.", "Give it the name that members see.", "no-name")
    if level == 0:
        if tier.criteria is not None:
            yield Problem(
                f"{field}.criteria",
                "The lowest tier asks for something, so some members would have no rank.",
                "Put a tier without criteria below it.",
                "lowest-asks",
            )
        if tier.rewards:
            yield Problem(
                f"{field}.rewards", "Nobody rises to the lowest tier.", "Leave its rewards out.", "lowest-gives"
            )
    elif tier.criteria is None:
        yield Problem(
            f"{field}.criteria",
            "A tier above the lowest asks for nothing, so every member would have it.",
            "Say what fulfils it.",
            "asks-nothing",
        )
    else:
        yield from _check_criterion(f"{field}.criteria", tier.criteria, ladder, 1)
        count = count_alternatives(tier.criteria)
        if count > MAX_ALTERNATIVES:
            yield Problem(
                f"{field}.criteria",
                f"There are {count:,} ways to fulfil it.",
                f"Use at most {MAX_ALTERNATIVES}: nobody can be told more of what is missing.",
                "too-many-ways",
            )
    yield from _check_rewards(field, tier)


def _check_rewards(field: str, tier: TierRule) -> Iterator[Problem]:
    codes = [reward.code for reward in tier.rewards]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Problem(
                f"{field}.rewards[{index}].code",
                f"{code!r} names two rewards.",
                "Give each its own code.",
                "reward-twice",
            )
    for index, reward in enumerate(tier.rewards):
        if isinstance(reward, PointsReward) and reward.limited and reward.valid_days is None:
            yield Problem(
                f"{field}.rewards[{index}].valid_days",
                "Limited points have a last day of their own.",
                "Say for how many days they are valid, or leave limited out.",
                "limited-forever",
            )


def _check_criterion(field: str, criterion: Criterion, ladder: Ladder, depth: int) -> Iterator[Problem]:
    if depth > MAX_DEPTH:
        yield Problem(
            field, f"The brackets are nested deeper than {MAX_DEPTH}.", "Write the criterion flatter.", "too-deep"
        )
        return
    match criterion:
        case AllOf(of) | AnyOf(of):
            for index, one in enumerate(of):
                yield from _check_criterion(f"{field}.of[{index}]", one, ladder, depth + 1)
        case AtLeast():
            yield from _check_leaf(field, criterion, ladder)
        case _:
            return


def _check_leaf(field: str, leaf: AtLeast, ladder: Ladder) -> Iterator[Problem]:
    if leaf.stores and leaf.stores not in ladder.store_groups:
        yield Problem(
            f"{field}.stores",
            f"There is no group of stores named {leaf.stores!r}.",
            "List its stores under store_groups.",
            "unknown-group",
        )
    if leaf.categories and leaf.measure is Measure.POINTS_EARNED:
        yield Problem(
            f"{field}.categories",
            "Points are earned by a receipt and not by its categories.",
            "Count the amount in these categories instead.",
            "points-by-category",
        )
    for index, category in enumerate(leaf.categories):
        if not category.strip() or category in leaf.categories[:index]:
            yield Problem(
                f"{field}.categories[{index}]",
                "The category is empty or listed twice.",
                "List each category once.",
                "category-twice",
            )
    for index, channel in enumerate(leaf.channels):
        if channel in leaf.channels[:index]:
            yield Problem(
                f"{field}.channels[{index}]",
                f"{channel.value} is listed twice.",
                "List each channel once.",
                "channel-twice",
            )


def _check_schedule(ladder: Ladder) -> Iterator[Problem]:
    schedule, keep = ladder.policies.schedule, ladder.policies.keep
    if isinstance(schedule, YearlyOn):
        for index, day in enumerate(schedule.dates):
            if day in schedule.dates[:index]:
                yield Problem(
                    f"policies.schedule.dates[{index}]", f"{day} is listed twice.", "List each day once.", "date-twice"
                )
            if day[:2] in {"04", "06", "09", "11", "02"} and day[3:] in {"31", *({"30"} if day[:2] == "02" else ())}:
                yield Problem(f"policies.schedule.dates[{index}]", f"{day} is no day.", "Write MM-DD.", "no-day")
    a_year = len(schedule.dates) if isinstance(schedule, YearlyOn) else 12
    if isinstance(keep, UntilEvaluation) and keep.evaluations > a_year * 10:
        yield Problem(
            "policies.keep.evaluations",
            "Ranks would be kept for more than ten years.",
            "Keep them for less.",
            "kept-too-long",
        )


def _check_order(ladder: Ladder) -> Iterator[Problem]:
    """Whoever fulfils a tier in one way should not be refused a lower one that asks the same questions for more."""
    plan = plan_of(ladder)
    for (level, upper), lower in zip(list(enumerate(plan.tiers))[2:], plan.tiers[1:-1], strict=True):
        if len(upper) == len(lower) == 1:
            most = dict(lower[0])
            for position, needed in upper[0]:
                if needed < most.get(position, 0):
                    yield Problem(
                        f"tiers[{level}].criteria",
                        f"It asks for less ({needed:,}) than the tier below it ({most[position]:,}).",
                        "Put the tiers in ascending order.",
                        "asks-less",
                    )
    for level, (lower, upper) in enumerate(pairwise(plan.tiers), 1):
        if level > 1 and set(lower) == set(upper):
            yield Problem(
                f"tiers[{level}].criteria",
                "It asks for the same as the tier below it.",
                "Ask for more, or leave one out.",
                "asks-the-same",
            )
