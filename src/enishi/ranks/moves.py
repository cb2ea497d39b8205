"""How a rank moves: with a purchase, at an evaluation, by hand, and back. Pure.

Each rule takes the rank that is held and the level that figures give, and returns what is held afterwards, with the
change where the tier changed. Ranks rise at once or at evaluations; they fall only at evaluations, when what kept them
has ended, or when a return takes away what had lifted them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum, auto
from uuid import UUID

import msgspec
from msgspec import Struct

from enishi.ranks.calendar import falls_on, keep_until, latest_evaluation, looks_at
from enishi.ranks.ladder import Reward
from enishi.ranks.model import Cause, ChangeBasis, Earned, Override, RankChange, Standing
from enishi.ranks.rules import LadderInForce

SYSTEM = "system"


class Member(Struct, gc=False, frozen=True):
    """Whose rank moves, and what they hold; None has never held another than the lowest."""

    customer_id: UUID
    standing: Standing | None


class Occasion(Struct, gc=False, frozen=True):
    """When and why a rank moves: ``on`` is the day by which keeping is counted, ``at`` from when the change holds."""

    on: date
    at: datetime
    recorded_at: datetime
    cause: Cause
    subject_id: UUID | None = None
    actor: str = SYSTEM
    reason: str = ""


class Foreseen(Enum):
    """What an evaluation would do to a rank: nothing, keep it for longer unless it is kept already, or move it."""

    NOTHING = auto()
    CONFIRM = auto()
    MOVE = auto()


class Move(Struct, gc=False, frozen=True):
    """What is held after a move. ``change`` None: the tier is the same, and only until when it is kept is not.

    ``rewards`` are by the tier that gives them.
    """

    standing: Standing
    change: RankChange | None = None
    rewards: tuple[tuple[str, Reward], ...] = ()


def level_in(ladder: LadderInForce, standing: Standing | None) -> int:
    """The level in this ladder of a rank that is held.

    A tier that the ladder does not know any more counts as its tier of the same level, or as its highest.
    """
    if standing is None:
        return 0
    level = ladder.ladder.levels.get(standing.tier)
    return min(standing.level, len(ladder.tiers) - 1) if level is None else level


def kept_until(ladder: LadderInForce, level: int, on: date) -> date | None:
    """Until when a rank is kept that is attained or confirmed on a day; the lowest needs no keeping."""
    policies = ladder.ladder.policies
    return None if level == 0 else keep_until(policies.keep, policies.schedule, on)


def floor_of(ladder: LadderInForce, standing: Standing | None, on: date) -> int:
    """The level below which somebody can not fall on a day: a permanent tier they reached, or one given by hand."""
    if standing is None:
        return 0
    levels = ladder.ladder.levels
    permanent = 0 if standing.permanent_tier is None else levels.get(standing.permanent_tier, 0)
    override = standing.override
    given = levels.get(override.tier, 0) if override is not None and _holds(override, on) else 0
    return max(permanent, given)


def is_fixed(standing: Standing | None, on: date) -> bool:
    """Whether the rank was fixed by hand, so that figures do not move it on this day."""
    override = None if standing is None else standing.override
    return override is not None and override.exact and _holds(override, on)


def _holds(override: Override, on: date) -> bool:
    return override.until is None or on <= override.until


def rise(ladder: LadderInForce, member: Member, level: int, occasion: Occasion, basis: ChangeBasis) -> Move | None:
    """To the level that figures give, when it is above the one held; None when it is not."""
    if level <= level_in(ladder, member.standing) or is_fixed(member.standing, occasion.on):
        return None
    return _move(ladder, member, level, occasion, basis)


def evaluate(
    ladder: LadderInForce, member: Member, qualified: int, occasion: Occasion, basis_of: Callable[[int], ChangeBasis]
) -> Move | None:
    """What an evaluation on ``occasion.on`` does; None when it does nothing.

    ``qualified`` is the level that the figures give, ``basis_of`` says why, by level. A second evaluation on the same
    day does nothing more: what the first confirmed or let fall is kept beyond it.
    """
    standing = member.standing
    if is_fixed(standing, occasion.on):
        return None
    held = level_in(ladder, standing)
    target = max(qualified, floor_of(ladder, standing, occasion.on))
    if target > held:
        return _move(ladder, member, target, occasion, basis_of(target))
    if standing is None or held == 0:
        return None
    if target == held:
        return _confirm(ladder, standing, held, occasion.on)
    if not _has_ended(ladder, standing, occasion.on):
        return None
    if ladder.ladder.policies.downgrade == "one_step":
        target = held - 1
    return _move(ladder, member, target, occasion, basis_of(held))


def foresee(ladder: LadderInForce, standing: Standing | None, qualified: int, on: date) -> Foreseen:
    """What ``evaluate`` would do, without saying why: for finding among many those to look at."""
    if is_fixed(standing, on):
        return Foreseen.NOTHING
    held = level_in(ladder, standing)
    target = max(qualified, floor_of(ladder, standing, on))
    if target > held:
        return Foreseen.MOVE
    if standing is None or held == 0:
        return Foreseen.NOTHING
    if target == held:
        return Foreseen.CONFIRM
    return Foreseen.MOVE if _has_ended(ladder, standing, on) else Foreseen.NOTHING


def _has_ended(ladder: LadderInForce, standing: Standing, on: date) -> bool:
    return standing.keep_until is None or on >= falls_on(ladder.ladder, standing.keep_until)


def _confirm(ladder: LadderInForce, standing: Standing, level: int, on: date) -> Move | None:
    """Keep the rank for longer; what was promised is never made shorter."""
    until, promised = kept_until(ladder, level, on), standing.keep_until
    if until == promised or (until is not None and promised is not None and until < promised):
        return None
    earned = standing.earned
    if earned is not None and earned.tier == standing.tier:
        earned = Earned(earned.tier, until)
    return Move(msgspec.structs.replace(standing, keep_until=until, earned=earned))


def days_that_gave(ladder: LadderInForce, standing: Standing, last: RankChange, today: date) -> list[date]:
    """The days by whose figures a rank was attained with its newest change or, where its end has moved, confirmed.

    Which of several evaluations has confirmed it is not kept: it is any of those that keep it until the same day.
    """
    days = [last.basis.looks_at]
    promised = standing.keep_until
    if promised is None or promised == last.keep_until:
        return days
    schedule, keep = ladder.ladder.policies.schedule, ladder.ladder.policies.keep
    evaluated_on = latest_evaluation(schedule, today)
    while evaluated_on > last.basis.looks_at and (until := keep_until(keep, schedule, evaluated_on)) >= promised:
        if until == promised:
            days.append(looks_at(evaluated_on, by_months=ladder.plan.counts_months))
        evaluated_on = latest_evaluation(schedule, evaluated_on - timedelta(days=1))
    return days


def undo(
    ladder: LadderInForce, member: Member, qualified: int, occasion: Occasion, basis: ChangeBasis, *, last: RankChange
) -> Move | None:
    """Fall back from a rank that a purchase had lifted, once returned goods no longer support it.

    ``last`` is the newest change. A rank that an evaluation gave or somebody by hand is not touched; what was held
    before the purchase is. ``qualified`` is the level that figures give now, or gave and still give as of the day on
    which the rank was attained or confirmed. What the rise has given is not given again by the next: else buying and
    returning would give it without end.
    """
    if last.cause not in {Cause.PURCHASE, Cause.CLAIM, Cause.POINTS, Cause.MERGE} or is_fixed(
        member.standing, occasion.on
    ):
        return None
    before = ladder.ladder.levels.get(last.from_tier, last.from_level)
    target = max(qualified, before, floor_of(ladder, member.standing, occasion.on))
    held = level_in(ladder, member.standing)
    if target >= held:
        return None
    move = _move(ladder, member, target, occasion, basis)
    undone = [
        f"{tier.code}/{one.code}"
        for tier in ladder.tiers[target + 1 : held + 1]
        for one in tier.rewards
        if one.each_time and f"{tier.code}/{one.code}" not in move.standing.rewarded
    ]
    rewarded = (*move.standing.rewarded, *undone)
    return Move(msgspec.structs.replace(move.standing, rewarded=rewarded), move.change)


def override(
    ladder: LadderInForce,
    member: Member,
    qualified: int,
    occasion: Occasion,
    basis: ChangeBasis,
    *,
    given: Override | None,
) -> Move:
    """Give a rank by hand, or with None end that; always a change, so that its reason is kept.

    ``qualified`` is the level that figures give: what is held at least once it ends, and before unless the override is
    exact. What figures had given before stays promised behind it, and nobody reaches a permanent tier by hand.
    """
    if given is None:
        return _end_override(ladder, member, qualified, occasion, basis)
    standing = member.standing
    held = level_in(ladder, standing)
    level = ladder.ladder.levels[given.tier]
    target = level if given.exact else max(level, held)
    move = _move(ladder, member, target, occasion, basis)
    earned = None if standing is None or held == 0 else Earned(ladder.tiers[held].code, standing.keep_until)
    if standing is not None and standing.override is not None:
        earned = standing.earned
    # Who holds that much already does not hold it for longer by this.
    until = standing.keep_until if standing is not None and target == held else move.standing.keep_until
    after = msgspec.structs.replace(
        move.standing,
        override=given,
        earned=earned,
        keep_until=until,
        permanent_tier=_permanent(ladder, qualified, standing),
    )
    return _with_end(move, after)


def _end_override(
    ladder: LadderInForce, member: Member, qualified: int, occasion: Occasion, basis: ChangeBasis
) -> Move:
    standing = member.standing
    earned = None if standing is None else standing.earned
    promised = 0
    if earned is not None and (earned.until is None or occasion.on < falls_on(ladder.ladder, earned.until)):
        promised = ladder.ladder.levels.get(earned.tier, 0)
    own = None if standing is None else msgspec.structs.replace(standing, override=None)
    target = max(qualified, promised, floor_of(ladder, own, occasion.on))
    move = _move(ladder, member, target, occasion, basis)
    until = move.standing.keep_until
    if earned is not None and target == promised > 0:
        # What figures give now is kept for as long as they give it, but never for less than what was promised.
        until = earned.until if qualified < target or until is None else max(until, earned.until or until)
    return _with_end(move, msgspec.structs.replace(move.standing, override=None, earned=None, keep_until=until))


def _with_end(move: Move, after: Standing) -> Move:
    """A move whose rank is kept until another day than its rise says."""
    change = None if move.change is None else msgspec.structs.replace(move.change, keep_until=after.keep_until)
    return Move(after, change, move.rewards)


def _move(ladder: LadderInForce, member: Member, level: int, occasion: Occasion, basis: ChangeBasis) -> Move:
    standing = member.standing
    tier = ladder.tiers[level]
    number = 1 if standing is None else standing.changes + 1
    until = kept_until(ladder, level, occasion.on)
    at = occasion.at if standing is None else max(occasion.at, standing.since)
    before = level_in(ladder, standing)
    rewarded = () if standing is None else standing.rewarded
    rewards = _rewards(ladder, before, level, rewarded)
    after = Standing(
        customer_id=member.customer_id,
        tier=tier.code,
        level=level,
        since=at if standing is None or standing.tier != tier.code else standing.since,
        keep_until=until,
        permanent_tier=_permanent(ladder, level, standing),
        override=None if standing is None else standing.override,
        changes=number,
        rewarded=_rewarded_after(ladder, before, level, rewarded),
        earned=Earned(tier.code, until) if level > before and standing is not None and standing.override else None,
    )
    change = RankChange(
        customer_id=member.customer_id,
        seq=number,
        from_tier=ladder.tiers[0].code if standing is None else standing.tier,
        from_level=0 if standing is None else standing.level,
        to_tier=tier.code,
        to_level=level,
        effective_at=at,
        recorded_at=occasion.recorded_at,
        cause=occasion.cause,
        ladder_version=ladder.version.version,
        subject_id=occasion.subject_id,
        keep_until=until,
        actor=occasion.actor,
        reason=occasion.reason,
        basis=basis,
    )
    return Move(after, change, rewards)


def _permanent(ladder: LadderInForce, level: int, standing: Standing | None) -> str | None:
    """The highest permanent tier that was reached; levels that were skipped were reached too."""
    before = None if standing is None else standing.permanent_tier
    floor = 0 if before is None else ladder.ladder.levels.get(before, 0)
    reached = [tier for tier in ladder.tiers[: level + 1] if tier.permanent and tier.level > floor]
    return reached[-1].code if reached else before


def _rewards(ladder: LadderInForce, held: int, level: int, rewarded: Sequence[str]) -> tuple[tuple[str, Reward], ...]:
    """What rising from one level to another gives: that of each tier on the way, skipped ones too."""
    return tuple(
        (tier.code, one)
        for tier in ladder.tiers[held + 1 : level + 1]
        for one in tier.rewards
        if f"{tier.code}/{one.code}" not in rewarded
    )


def _rewarded_after(ladder: LadderInForce, held: int, level: int, rewarded: Sequence[str]) -> tuple[str, ...]:
    """What the next rise does not give again: what is given once in a life, not what is given at every rise."""
    way = ladder.tiers[held + 1 : level + 1]
    given = {f"{tier.code}/{one.code}": one.each_time for tier in way for one in tier.rewards}
    kept = [name for name in rewarded if not given.get(name, False)]
    return (*kept, *(name for name, each_time in given.items() if not each_time and name not in rewarded))


def notice_due(ladder: LadderInForce, standing: Standing, today: date) -> date | None:
    """The evaluation ahead of which a member is to be told now that their rank ends; None when nothing is to be told.

    Once for each end of a rank. Whether it really will fall is for the figures to say.
    """
    days = ladder.ladder.policies.notice_days
    ends = standing.keep_until
    if days == 0 or ends is None or standing.noticed_for == ends or is_fixed(standing, today):
        return None
    falls = falls_on(ladder.ladder, ends)
    return falls if today + timedelta(days=days) >= falls > today else None
