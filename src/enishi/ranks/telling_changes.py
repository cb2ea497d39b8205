"""What one ladder changes against another, in words: criteria, rewards and whole tiers are told as sentences. Pure.

A criterion that is another is one change, however many fields of it differ; what a sentence would not show is told
field by field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from enishi.kit.differences import Difference, difference
from enishi.kit.field_words import WordedDifference, name_field, word_difference
from enishi.ranks.ladder import Ladder, Locale
from enishi.ranks.vocabulary import vocabulary
from enishi.ranks.wording import (
    describe_criterion,
    describe_keep,
    describe_reward,
    describe_schedule,
    describe_tier,
)

_TIER: Final = re.compile(r"(tiers\[([^\]]*)\])(?:\.(criteria|rewards)\b.*)?")
_POLICY: Final = re.compile(r"(policies\.(schedule|keep))\b.*")


def tell_changes(before: Ladder, after: Ladder, locale: Locale, zone: ZoneInfo) -> list[WordedDifference]:
    """Everything that ``after`` changes against ``before``, in its order; instants are on the clocks of ``zone``."""
    words = vocabulary(locale)
    groups: dict[str, list[Difference]] = {}
    for one in difference(before, after):
        groups.setdefault(_whole(one.field, before, after), []).append(one)
    told: list[WordedDifference] = []
    for field, parts in groups.items():
        if field == "tiers" and _is_told_by_tiers(before, after):
            continue
        was, now = _sentence(field, before, locale), _sentence(field, after, locale)
        if was == now:
            told += [word_difference(one, words, zone) for one in parts]
        else:
            told.append(WordedDifference(field, name_field(field, words), was, now))
    names = _names(before, locale) | _names(after, locale)
    return [msgspec.structs.replace(one, label=_named(one, names)) for one in told]


def _names(ladder: Ladder, locale: Locale) -> dict[str, str]:
    return {one.code: one.name_ja if locale == "ja" else one.name_en for one in ladder.tiers}


def _named(one: WordedDifference, names: Mapping[str, str]) -> str:
    """The label of a difference, with the tier by the name that members know and not by its code."""
    tier = _TIER.match(one.field)
    if tier is None:
        return one.label
    code, name = tier[2], names.get(tier[2], tier[2])
    return one.label.replace(f"「{code}」", f"「{name}」", 1).replace(f"“{code}”", f"“{name}”", 1)


def _whole(field: str, before: Ladder, after: Ladder) -> str:
    """The part in which a field is told: its tier where that is new or gone, else criteria, rewards or policy."""
    if tier := _TIER.match(field):
        is_in_both = tier[2] in before.levels and tier[2] in after.levels
        if not is_in_both:
            return tier[1]
        return f"{tier[1]}.{tier[3]}" if tier[3] else field
    policy = _POLICY.match(field)
    return policy[1] if policy else field


def _is_told_by_tiers(before: Ladder, after: Ladder) -> bool:
    """Whether the order of tiers differs by new ones and gone ones only, which are told by themselves."""

    def common(one: Ladder, other: Ladder) -> Sequence[str]:
        return [tier.code for tier in one.tiers if tier.code in other.levels]

    return common(before, after) == common(after, before)


def _sentence(field: str, ladder: Ladder, locale: Locale) -> str | None:
    """A part of a ladder in words; None where it has none, or where no sentence tells it."""
    if field == "policies.schedule":
        return describe_schedule(ladder, locale)
    if field == "policies.keep":
        return describe_keep(ladder, locale)
    if field == "tiers":
        return " → ".join(one.name_ja if locale == "ja" else one.name_en for one in ladder.tiers)
    found = _TIER.fullmatch(field)
    level = ladder.levels.get(found[2]) if found else None
    return None if found is None or level is None else _tier_sentence(found[3], ladder, level, locale)


def _tier_sentence(part: str | None, ladder: Ladder, level: int, locale: Locale) -> str | None:
    tier = ladder.tiers[level]
    if part is None:
        return describe_tier(ladder, level, locale)
    if part == "rewards":
        return ("、" if locale == "ja" else ", ").join(describe_reward(one, locale) for one in tier.rewards) or None
    return None if tier.criteria is None else describe_criterion(tier.criteria, ladder, locale)
