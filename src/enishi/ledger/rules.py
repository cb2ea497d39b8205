"""How points move between lots. Pure: lots in, lots and movements out.

Every function returns the lots after the change and the movements, which are what the journal keeps. ``owed`` are the
points that an account owes (see ``Account``): what comes in is set against them before it reaches a lot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

from enishi.ledger.model import Balance, Ending, InsufficientPoints, Kind, Lot, Lots

_LIMITED = Kind.LIMITED

Change = tuple[Lots, Lots]
"""The lots after a change, and the movements that led there."""


def _order(lot: Lot) -> tuple[date, Kind]:
    return (lot.expires_on, lot.kind)


def _merge(lots: Lots, moves: Iterable[Lot]) -> Lots:
    """Lots after movements: same kind and day flow together, empty lots vanish, the order is kept."""
    points = {(lot.expires_on, lot.kind): lot.points for lot in lots}
    for move in moves:
        slot = (move.expires_on, move.kind)
        points[slot] = points.get(slot, 0) + move.points
    return tuple(sorted([Lot(kind, day, left) for (day, kind), left in points.items() if left], key=_order))


def earn(lots: Lots, kind: Kind, points: int, expires_on: date, owed: int = 0) -> Change:
    """Add points to the lot of this kind and day, but for those that are owed.

    Where all of them are owed, the one movement is of no points: it still says what kind was earned, and until when.
    """
    if owed:
        lots, moves = credit(lots, (Lot(kind, expires_on, points),), owed)
        return lots, moves or (Lot(kind, expires_on, 0),)
    move = Lot(kind, expires_on, points)
    place = bisect_left(lots, (expires_on, kind), key=_order)
    if place < len(lots) and lots[place].expires_on == expires_on and lots[place].kind is kind:
        grown = Lot(kind, expires_on, lots[place].points + points)
        return (*lots[:place], grown, *lots[place + 1 :]), (move,)
    return (*lots[:place], move, *lots[place:]), (move,)


def earn_and_extend(lots: Lots, points: int, expires_on: date, on: date, owed: int = 0) -> Change:
    """Add regular points and move every regular lot still valid ``on`` that day to the new expiry.

    An expiry never moves back: when a late receipt arrives after newer ones, its points join the later day.
    """
    valid = [lot for lot in lots if lot.kind is Kind.REGULAR and lot.expires_on >= on]
    until = max([expires_on, *(lot.expires_on for lot in valid)])
    moving = [lot for lot in valid if lot.expires_on != until]
    gained = max(0, points - owed) + sum(lot.points for lot in moving)
    moves = tuple(Lot(Kind.REGULAR, lot.expires_on, -lot.points) for lot in moving)
    moves = (*moves, Lot(Kind.REGULAR, until, gained))
    return _merge(lots, moves), moves


def credit(lots: Lots, gains: Lots, owed: int) -> Change:
    """Add points to several lots, but for those that are owed, which the lots soonest to expire bear."""
    moves: list[Lot] = []
    for gain in sorted(gains, key=_order):
        offset = min(gain.points, owed)
        owed -= offset
        if gain.points > offset:
            moves.append(Lot(gain.kind, gain.expires_on, gain.points - offset))
    return _merge(lots, moves), tuple(moves)


def _take(lots: Iterable[Lot], points: int, on: date) -> tuple[list[Lot], int]:
    """Movements that take points from the lots valid on a day, in their order; and how many could not be had."""
    moves: list[Lot] = []
    for lot in lots:
        if points == 0:
            break
        if lot.expires_on >= on:
            taken = min(lot.points, points)
            moves.append(Lot(lot.kind, lot.expires_on, -taken))
            points -= taken
    return moves, points


def last_day(lot: Lot, ending: Ending | None) -> date:
    """The last day on which the points of a lot can be used: its own, or that of its kind where it comes first."""
    return min(lot.expires_on, ending.get(lot.kind, lot.expires_on)) if ending else lot.expires_on


def usable(lots: Lots, on: date, ending: Ending) -> Lots:
    """The lots of the kinds that can still be used on a day, whatever their own last day."""
    return tuple([lot for lot in lots if on <= ending.get(lot.kind, date.max)])


def spend(lots: Lots, points: int, on: date, owed: int = 0, ending: Ending | None = None) -> Change:
    """Take points from the lots valid ``on`` that day, soonest to expire first, limited before regular on a tie.

    Raises ``InsufficientPoints``, taking nothing. An account that owes points has none to spend.
    """
    moves, missing = _take(usable(lots, on, ending) if ending else lots, points, on)
    if missing or owed:
        available = 0 if owed else points - missing
        raise InsufficientPoints(
            f"{points} points were to be used, but {available} are available.",
            field="points_to_use",
            remedy="Use at most the available points.",
            available=available,
            requested=points,
        )
    return _merge(lots, moves), tuple(moves)


def remove(lots: Lots, taken: Lots) -> Change:
    """Take exactly these points out of exactly these lots, which hold them."""
    moves = tuple([Lot(lot.kind, lot.expires_on, -lot.points) for lot in taken])
    return _merge(lots, moves), moves


def take_back(lots: Lots, points: int, own: Lots, on: date, ending: Ending | None = None) -> tuple[Lots, Lots, int]:
    """Take points that returned goods had earned: from the lots they went into, then from those valid ``on`` that day.

    ``own`` are the lots as they were filled, or with what each of them loses: that much is taken of each first. Of the
    others, those of kinds that have ended are left alone: they are of
    no use to anybody, so they pay for nothing. Returns the lots after it, the movements, and how many points could not
    be had because they had been spent.
    """
    held = {(lot.expires_on, lot.kind): lot.points for lot in lots}
    wanted: dict[tuple[date, Kind], int] = {}
    for lot in own:
        slot = (lot.expires_on, lot.kind)
        wanted[slot] = wanted.get(slot, 0) + lot.points
    capped = [Lot(kind, day, min(held.get((day, kind), 0), most)) for (day, kind), most in wanted.items()]
    moves, missing = _take([lot for lot in capped if lot.points], points, date.min)
    left = _merge(lots, moves)
    if missing:
        of_own = {(lot.expires_on, lot.kind): lot for lot in left}
        more, missing = _take([of_own[slot] for slot in wanted if slot in of_own], missing, date.min)
        left = _merge(left, more)
        further, missing = _take(usable(left, on, ending) if ending else left, missing, on)
        left = _merge(left, further)
        moves = _add_up([*moves, *more, *further])
    return left, tuple(moves), missing


def _add_up(moves: Iterable[Lot]) -> list[Lot]:
    """Movements with those of one lot as one, in the order in which each lot comes first."""
    points: dict[tuple[date, Kind], int] = {}
    for move in moves:
        slot = (move.expires_on, move.kind)
        points[slot] = points.get(slot, 0) + move.points
    return [Lot(kind, day, moved) for (day, kind), moved in points.items()]


def restore(taken: Lots, before: int, points: int) -> Lots:
    """Of the lots a spending took from, those to which ``points`` return after ``before`` have returned already.

    The lots last to expire first: what the member gets back is what lasts longest.
    """
    restored: list[Lot] = []
    for lot in sorted(taken, key=_order, reverse=True):
        passed = min(lot.points, before)
        before -= passed
        given = min(lot.points - passed, points)
        points -= given
        if given:
            restored.append(Lot(lot.kind, lot.expires_on, given))
    return tuple(restored)


def balance_on(lots: Lots, on: date, owed: int = 0, ending: Ending | None = None) -> Balance:
    """What can be spent on a day: a lot counts through the end of its last day, and of that of its kind.

    Who owes points has none to spend, whatever lots there are: the next that come in are set against it.
    """
    valid = tuple([lot for lot in lots if lot.expires_on >= on])
    if ending:
        lasting = [(lot, last_day(lot, ending)) for lot in valid]
        valid = tuple([Lot(lot.kind, last, lot.points) for lot, last in lasting if last >= on])
    if owed:
        return Balance(0, 0, 0, valid, owed)
    available = sum([lot.points for lot in valid])
    limited = sum([lot.points for lot in valid if lot.kind is _LIMITED])
    return Balance(available, available - limited, limited, valid, owed)
