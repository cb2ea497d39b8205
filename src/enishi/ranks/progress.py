"""How a member stands on the ladder: the rank, what is missing to the next one and to keep this one, and by when. Pure.

Everything follows from the figures of a moment and the published ladder. So a first answer keeps only those figures,
and is told again in the same words for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from enishi.ranks.calendar import falls_on, looks_at, next_evaluation
from enishi.ranks.model import Standing
from enishi.ranks.moves import floor_of, is_fixed, level_in
from enishi.ranks.rules import Ask, LadderInForce, Missing, name_of, ways_to, window_name
from enishi.ranks.wording import unit_of


class Snapshot(Struct, gc=False, frozen=True, array_like=True):
    """The figures of a moment: the answers to a ladder's questions ``on`` a day, and on the day that keeping looks at.

    ``rose_from`` is the level before this very moment, -1 when it did not change. ``level`` is that of the ladder
    ``version``. ``keep_on`` is absent where nothing has to be kept.
    """

    version: int
    level: int
    rose_from: int
    since: datetime | None
    keep_until: date | None
    on: date
    answers: tuple[int, ...]
    keep_on: date | None = None
    keep_answers: tuple[int, ...] = ()
    joined_on: date | None = None


class Want(Struct, gc=False, frozen=True):
    """What of one thing is there and needed. ``by`` is the last day on which what is there still counts."""

    question: str
    unit: str
    found: int
    needed: int
    missing: int
    by: date | None
    window: str = ""
    channels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class TierProgress(Struct, gc=False, frozen=True):
    """What is missing to a tier: any one of ``ways`` will do, and all of it. ``by`` is the last day for that."""

    tier: str
    level: int
    name_ja: str
    name_en: str
    by: date | None
    met: bool
    ways: tuple[tuple[Want, ...], ...]


class RankAnswer(Struct, gc=False, frozen=True):
    """A member's rank and how they stand. ``rose_from`` is the tier held before, when this very moment lifted it."""

    tier: str
    level: int
    name_ja: str
    name_en: str
    colour: str
    since: datetime | None
    keep_until: date | None
    rose_from: str | None
    next: TierProgress | None
    keep: TierProgress | None


class RankMoment(Struct, gc=False, frozen=True):
    """The figures of a moment with their ladder: the answer is worked out when somebody reads it."""

    ladder: LadderInForce
    snapshot: Snapshot

    @property
    def answer(self) -> RankAnswer:
        """The rank and its progress."""
        return answer_of(self.ladder, self.snapshot)


def keep_day(ladder: LadderInForce, standing: Standing | None, today: date) -> date | None:
    """The last day that counts for keeping the rank; None when there is nothing to keep or nothing can take it."""
    level = level_in(ladder, standing)
    if standing is None or level == 0 or standing.keep_until is None or is_fixed(standing, today):
        return None
    falls = falls_on(ladder.ladder, standing.keep_until)
    if floor_of(ladder, standing, falls) >= level:
        return None
    if falls <= today:
        falls = next_evaluation(ladder.ladder.policies.schedule, today)
    return looks_at(falls, by_months=ladder.plan.counts_months)


def answer_of(ladder: LadderInForce, one: Snapshot) -> RankAnswer:
    """The rank and its progress, from the figures of a moment."""
    tier = ladder.tiers[one.level]
    after = ladder.tiers[one.level + 1] if one.level + 1 < len(ladder.tiers) else None
    return RankAnswer(
        tier.code,
        tier.level,
        tier.name_ja,
        tier.name_en,
        tier.colour,
        one.since,
        one.keep_until,
        None if one.rose_from < 0 else ladder.tiers[one.rose_from].code,
        None if after is None else _towards(ladder, after.level, one.answers, one.on, one),
        None if one.keep_on is None else _towards(ladder, one.level, one.keep_answers, one.keep_on, one),
    )


def _towards(ladder: LadderInForce, level: int, answers: Sequence[int], on: date, one: Snapshot) -> TierProgress:
    ways = ways_to(ladder.plan, level, answers, on, one.joined_on)
    tier = ladder.tiers[level]
    return TierProgress(
        tier.code,
        level,
        tier.name_ja,
        tier.name_en,
        one.keep_on if level == one.level else _by(ladder, ways, on),
        any(all(missing.missing == 0 for missing in way) for way in ways),
        tuple(tuple(_want(missing) for missing in way) for way in ways),
    )


def _by(ladder: LadderInForce, ways: Sequence[Sequence[Missing]], on: date) -> date | None:
    """The last day for the next tier: until something drops out of a window, or the evaluation that lifts."""
    policies = ladder.ladder.policies
    if policies.upgrade == "evaluation":
        return looks_at(next_evaluation(policies.schedule, on), by_months=ladder.plan.counts_months)
    days = [missing.by for way in ways for missing in way if missing.by is not None]
    return min(days, default=None)


def _want(one: Missing) -> Want:
    question = one.question
    if not isinstance(question, Ask):
        return Want(name_of(question), unit_of(question), one.found, one.needed, one.missing, one.by)
    return Want(
        name_of(question),
        unit_of(question),
        one.found,
        one.needed,
        one.missing,
        one.by,
        window_name(question.window),
        tuple(channel.value for channel in question.channels),
        question.stores,
        question.categories,
    )
