"""Ranks of two customers who become one, and of two again. Pure.

The better of two ranks holds, and the longer promise of two that are equal. What either was rewarded for is not given
again. To part them, each takes up the rank that was held at the merge, or the one that the figures give by now.
"""

from __future__ import annotations

from datetime import date

import msgspec

from enishi.ranks.model import ChangeBasis, Earned, Override, RankChange, Standing
from enishi.ranks.moves import Member, Move, Occasion, floor_of, is_fixed, kept_until, level_in
from enishi.ranks.rules import LadderInForce


def fold(
    ladder: LadderInForce, survivor: Member, absorbed: Standing, occasion: Occasion, basis: ChangeBasis
) -> Move | None:
    """What the survivor holds once the absorbed customer's rank counts as well; None when nothing changes."""
    held = survivor.standing
    mine, theirs = level_in(ladder, held), level_in(ladder, absorbed)
    fixed = is_fixed(held, occasion.on)
    level = mine if fixed else max(mine, theirs)
    override = _override(ladder, held, absorbed, level, occasion.on)
    if held is None and level == 0 and override is None and not absorbed.rewarded and not absorbed.permanent_tier:
        return None
    return _take_up(
        ladder,
        survivor,
        level,
        occasion,
        basis,
        keep=_keep(held, absorbed, mine, theirs, fixed=fixed),
        permanent=_higher(ladder, None if held is None else held.permanent_tier, absorbed.permanent_tier),
        override=override,
        earned=_better(ladder, _of_figures(ladder, held), _of_figures(ladder, absorbed)),
        rewarded=_union(() if held is None else held.rewarded, absorbed.rewarded),
    )


def leave(ladder: LadderInForce, absorbed: Standing, occasion: Occasion, basis: ChangeBasis) -> Move | None:
    """What is left to a customer who was absorbed: the lowest tier. What they were rewarded for stays known."""
    return _take_up(
        ladder,
        Member(absorbed.customer_id, absorbed),
        0,
        occasion,
        basis,
        keep=None,
        permanent=None,
        override=None,
        earned=None,
        rewarded=absorbed.rewarded,
    )


def take_up_again(  # noqa: PLR0917 - what the rank of one side follows from
    ladder: LadderInForce,
    member: Member,
    before: Standing | None,
    other: Standing | None,
    qualified: int,
    occasion: Occasion,
    basis: ChangeBasis,
) -> Move | None:
    """What one side holds once two are parted; None when nothing changes.

    ``before`` is what it held at the merge, ``other`` what the other side did, ``qualified`` the level that its own
    figures give by now. What was given by hand to the survivor meanwhile stays with the survivor.
    """
    held = member.standing
    override = None if before is None else before.override
    if held is not None and held.override is not None:
        folded = {one.override for one in (before, other) if one is not None and one.override is not None}
        override = held.override if held.override not in folded else override
    was = level_in(ladder, before)
    base = None if before is None else msgspec.structs.replace(before, override=override)
    if base is not None and is_fixed(base, occasion.on) and override is not None:
        level = ladder.ladder.levels.get(override.tier, was)
    else:
        rises = ladder.ladder.policies.upgrade == "immediate"
        level = max(was, qualified if rises else 0, floor_of(ladder, base, occasion.on))
        if base is None and override is not None:
            level = max(level, ladder.ladder.levels.get(override.tier, 0))
    if held is None and before is None and level == 0 and override is None:
        return None
    since = () if held is None else held.rewarded
    known = _union(() if before is None else before.rewarded, () if other is None else other.rewarded)
    permanent = None if before is None else before.permanent_tier
    reached = [tier.code for tier in ladder.tiers[1 : level + 1] if tier.permanent]
    return _take_up(
        ladder,
        member,
        level,
        occasion,
        basis,
        keep=before.keep_until if before is not None and was == level else kept_until(ladder, level, occasion.on),
        permanent=_higher(ladder, permanent, reached[-1] if reached else None),
        override=override,
        earned=_of_figures(ladder, before),
        rewarded=_union(() if before is None else before.rewarded, tuple(one for one in since if one not in known)),
    )


def _take_up(
    ladder: LadderInForce,
    member: Member,
    level: int,
    occasion: Occasion,
    basis: ChangeBasis,
    *,
    keep: date | None,
    permanent: str | None,
    override: Override | None,
    earned: Earned | None,
    rewarded: tuple[str, ...],
) -> Move | None:
    held = member.standing
    stays = held is not None and level == level_in(ladder, held)
    code = held.tier if held is not None and stays else ladder.tiers[level].code
    at = occasion.at if held is None else max(occasion.at, held.since)
    number = 1 if held is None else held.changes if stays else held.changes + 1
    after = Standing(
        customer_id=member.customer_id,
        tier=code,
        level=held.level if held is not None and stays else level,
        since=held.since if held is not None and stays else at,
        keep_until=None if level == 0 else keep,
        permanent_tier=permanent,
        override=override,
        changes=number,
        noticed_for=held.noticed_for if held is not None and held.keep_until == keep else None,
        rewarded=rewarded,
        earned=None if override is None else earned,
    )
    if stays:
        return None if after == held else Move(after)
    change = RankChange(
        customer_id=member.customer_id,
        seq=number,
        from_tier=ladder.tiers[0].code if held is None else held.tier,
        from_level=0 if held is None else held.level,
        to_tier=code,
        to_level=level,
        effective_at=at,
        recorded_at=occasion.recorded_at,
        cause=occasion.cause,
        ladder_version=ladder.version.version,
        subject_id=occasion.subject_id,
        keep_until=after.keep_until,
        actor=occasion.actor,
        reason=occasion.reason,
        basis=basis,
    )
    return Move(after, change)


def _keep(held: Standing | None, absorbed: Standing, mine: int, theirs: int, *, fixed: bool) -> date | None:
    """Until when the better rank is kept; of two equal ones, for longer. None is without end."""
    if held is None or (theirs > mine and not fixed):
        return absorbed.keep_until
    if mine > theirs or fixed:
        return held.keep_until
    if held.keep_until is None or absorbed.keep_until is None:
        return None
    return max(held.keep_until, absorbed.keep_until)


def _override(
    ladder: LadderInForce, held: Standing | None, absorbed: Standing, level: int, on: date
) -> Override | None:
    """What was given by hand: the survivor's own stays; the other's comes along unless it would lower the rank."""
    own = None if held is None else held.override
    theirs = absorbed.override
    if own is not None or theirs is None or (theirs.until is not None and theirs.until < on):
        return own
    if theirs.exact and ladder.ladder.levels.get(theirs.tier, 0) < level:
        return own
    return theirs


def _of_figures(ladder: LadderInForce, standing: Standing | None) -> Earned | None:
    """What figures have given: the rank itself, or, while one is given by hand, what is promised behind it."""
    if standing is None or standing.override is not None:
        return None if standing is None else standing.earned
    return Earned(standing.tier, standing.keep_until) if level_in(ladder, standing) else None


def _better(ladder: LadderInForce, one: Earned | None, other: Earned | None) -> Earned | None:
    known = [each for each in (one, other) if each is not None]
    return max(known, key=lambda each: (ladder.ladder.levels.get(each.tier, 0), each.until or date.max), default=None)


def _higher(ladder: LadderInForce, one: str | None, other: str | None) -> str | None:
    known = [code for code in (one, other) if code is not None]
    return max(known, key=lambda code: ladder.ladder.levels.get(code, 0), default=None)


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
