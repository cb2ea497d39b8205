"""How campaigns that hold at once go together: groups first, then exclusions, until nothing contradicts. Pure.

Within a group, ``best_of`` keeps the one worth most, ``add`` keeps all, and ``multiply`` keeps all and lets each
multiplier work on what those before it have made of the base award. Groups are added to each other. Where two that are
kept exclude each other, the one of lower priority goes, and its group is settled again without it: a second-best gets
its chance. Equal priorities go by code, so that the order of storage plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from enishi.campaigns.model import CampaignVersion, StackMode


class Stackable(Protocol):
    """What is settled: a campaign, and what it would give by itself."""

    version: CampaignVersion
    worth: int


S = TypeVar("S", bound=Stackable)


def settle(candidates: Sequence[S]) -> tuple[list[S], list[tuple[S, str, S]]]:
    """Return those that apply, in the order of their awards, and those that do not: with why, and for which other.

    Why is ``better`` or ``not_with``.
    """
    if len(candidates) <= 1:
        return list(candidates), []
    excluded: list[tuple[S, str, S]] = []
    standing = sorted(candidates, key=_order)
    while True:
        kept, beaten = _settle_groups(standing)
        clash = _find_clash(kept)
        if clash is None:
            break
        winner, loser = clash
        excluded.append((loser, "not_with", winner))
        standing = [one for one in standing if one is not loser]
    return kept, excluded + beaten


def needs_worth(version: CampaignVersion) -> bool:
    """Whether what a campaign would give by itself plays a part."""
    stacking = version.rules.stacking
    return bool(stacking.group) and stacking.mode is StackMode.BEST_OF


def _order(one: Stackable) -> tuple[int, str]:
    return (-one.version.rules.stacking.priority, one.version.code)


def _settle_groups(standing: Sequence[S]) -> tuple[list[S], list[tuple[S, str, S]]]:
    groups: dict[str, list[S]] = {}
    for one in standing:
        # A campaign without a group is one by itself.
        groups.setdefault(one.version.rules.stacking.group or f"\0{one.version.code}", []).append(one)
    kept: list[S] = []
    beaten: list[tuple[S, str, S]] = []
    for members in groups.values():
        if len(members) == 1 or members[0].version.rules.stacking.mode is not StackMode.BEST_OF:
            kept += members
            continue
        best = min(members, key=lambda one: (-one.worth, *_order(one)))
        kept.append(best)
        beaten += [(one, "better", best) for one in members if one is not best]
    return sorted(kept, key=_order), beaten


def _find_clash(kept: Sequence[S]) -> tuple[S, S] | None:
    """The first two, in the order of priority, of which one excludes the other."""
    for place, one in enumerate(kept):
        for other in kept[place + 1 :]:
            if _excludes(one.version, other.version) or _excludes(other.version, one.version):
                return one, other
    return None


def _excludes(one: CampaignVersion, other: CampaignVersion) -> bool:
    return other.code in one.rules.stacking.not_with
