"""What makes benefits fit to be published. Every problem is found at once, each with its field and its remedy."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from enishi.benefits.model import Benefit, BenefitKind, BenefitSettings, Problem, TierName
from enishi.kit.calendar import is_in_calendar


def validate(settings: BenefitSettings, tiers: Sequence[TierName]) -> list[Problem]:
    """List everything that keeps these settings from being published; empty when they are fit.

    ``tiers`` are those of the ladder in force: a benefit for a tier that is not there would be nobody's.
    """
    problems: list[Problem] = []
    counts = Counter(one.code for one in settings.benefits)
    for position, one in enumerate(settings.benefits):
        field = f"benefits[{position}]"
        if counts[one.code] > 1:
            problems.append(
                Problem(f"{field}.code", f"{one.code} is the code of several benefits.", "Give each its own.")
            )
        problems += _check_texts(field, one)
        problems += _check_tiers(field, one, {tier.code: tier.level for tier in tiers})
        problems += _check_times(field, one)
        problems += _check_kind(field, one)
    return problems


def _check_texts(field: str, one: Benefit) -> Iterator[Problem]:
    for name in ("name_ja", "name_en"):
        if not getattr(one, name).strip():
            yield Problem(f"{field}.{name}", "A benefit needs a name in each language.", "Name it as members know it.")


def _check_tiers(field: str, one: Benefit, levels: dict[str, int]) -> Iterator[Problem]:
    known = ", ".join(levels) or "none; publish a ladder first"
    if one.tier is not None and one.tier not in levels:
        yield Problem(f"{field}.tier", f"The ladder in force has no tier {one.tier}.", f"Choose from: {known}.")
    if one.rewards_only and one.tier is not None:
        yield Problem(f"{field}.tier", "What only rewards give has no rank of its own.", "Leave the rank open.")
    for position, window in enumerate(one.windows):
        if window.tier not in levels:
            yield Problem(
                f"{field}.windows[{position}].tier",
                f"The ladder in force has no tier {window.tier}.",
                f"Choose from: {known}.",
            )
    ordered = sorted(
        (window for window in one.windows if window.tier in levels), key=lambda window: levels[window.tier]
    )
    for lower, upper in itertools.pairwise(ordered):
        if upper.opens_at > lower.opens_at:
            yield Problem(
                f"{field}.windows",
                f"{upper.tier} would open after {lower.tier}, which is below it.",
                "Let upper tiers open earlier, or at the same time.",
            )


def _check_times(field: str, one: Benefit) -> Iterator[Problem]:
    instants = {"from_at": one.from_at, "until_at": one.until_at, "opens_at": one.opens_at} | {
        f"windows[{position}].opens_at": window.opens_at for position, window in enumerate(one.windows)
    }
    for name, at in instants.items():
        if at is not None and not is_in_calendar(at):
            yield Problem(f"{field}.{name}", "It lies before 1900 or after 9000.", "Check the digits of the year.")
    if one.from_at is not None and one.until_at is not None and one.until_at <= one.from_at:
        yield Problem(f"{field}.until_at", "It would end before it begins.", "Choose a later end.")


def _check_kind(field: str, one: Benefit) -> Iterator[Problem]:
    if one.kind is BenefitKind.EARLY_ACCESS:
        if not one.windows:
            yield Problem(f"{field}.windows", "Nobody could buy earlier.", "Say from when on a tier may buy.")
        if one.opens_at is not None and any(window.opens_at > one.opens_at for window in one.windows):
            yield Problem(f"{field}.opens_at", "Everybody could buy before some tier could.", "Open to everybody last.")
        if one.limit is not None:
            yield Problem(f"{field}.limit", "Early access is not given; it opens.", "Leave the limit out.")
    elif one.windows or one.opens_at is not None:
        yield Problem(f"{field}.windows", "Only early access has windows.", "Use from_at and until_at.")
    if one.kind is BenefitKind.GIFT and not one.is_given:
        yield Problem(
            f"{field}.limit", "A gift without a limit could be handed over for ever.", "Say how often it is given."
        )
    if one.min_amount_yen and one.kind is not BenefitKind.FREE_SHIPPING:
        yield Problem(f"{field}.min_amount_yen", "Only free shipping has a smallest amount.", "Set it to 0.")
    if one.rewards_only and one.limit is not None:
        yield Problem(f"{field}.limit", "What rewards give is given once for each reward.", "Leave the limit out.")
