"""How points move between lots. Pure: lots in, lots and movements out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

from enishi.ledger.model import Balance, InsufficientPoints, Kind, Lot, Lots

_LIMITED = Kind.LIMITED


def _order(lot: Lot) -> tuple[date, Kind]:
    return (lot.expires_on, lot.kind)


def _merge(lots: Lots, moves: Iterable[Lot]) -> Lots:
    """Lots after movements: same kind and day flow together, empty lots vanish, the order is kept."""
    points = {(lot.expires_on, lot.kind): lot.points for lot in lots}
    for move in moves:
        slot = (move.expires_on, move.kind)
        points[slot] = points.get(slot, 0) + move.points
    return tuple(sorted([Lot(kind, day, left) for (day, kind), left in points.items() if left], key=_order))


def earn(lots: Lots, kind: Kind, points: int, expires_on: date) -> tuple[Lots, Lots]:
    """Add points to the lot of this kind and day. Returns the lots after it and the movements."""
    move = Lot(kind, expires_on, points)
    place = bisect_left(lots, (expires_on, kind), key=_order)
    if place < len(lots) and lots[place].expires_on == expires_on and lots[place].kind is kind:
        grown = Lot(kind, expires_on, lots[place].points + points)
        return (*lots[:place], grown, *lots[place + 1 :]), (move,)
    return (*lots[:place], move, *lots[place:]), (move,)


def earn_and_extend(lots: Lots, points: int, expires_on: date, on: date) -> tuple[Lots, Lots]:
    """Add regular points and move every regular lot still valid ``on`` that day to the new expiry.

    An expiry never moves back: when a late receipt arrives after newer ones, its points join the later day.
    """
    valid = [lot for lot in lots if lot.kind is Kind.REGULAR and lot.expires_on >= on]
    until = max([expires_on, *(lot.expires_on for lot in valid)])
    moving = [lot for lot in valid if lot.expires_on != until]
    moves = (
        *(Lot(Kind.REGULAR, lot.expires_on, -lot.points) for lot in moving),
        Lot(Kind.REGULAR, until, points + sum(lot.points for lot in moving)),
    )
    return _merge(lots, moves), moves


def spend(lots: Lots, points: int, on: date) -> tuple[Lots, Lots]:
    """Take points from the lots valid ``on`` that day, soonest to expire first, limited before regular on a tie.

    Returns the lots after it and the movements, all negative. Raises ``InsufficientPoints``, taking nothing.
    """
    missing = points
    moves: list[Lot] = []
    for lot in lots:
        if missing == 0:
            break
        if lot.expires_on >= on:
            taken = min(lot.points, missing)
            moves.append(Lot(lot.kind, lot.expires_on, -taken))
            missing -= taken
    if missing:
        available = points - missing
        raise InsufficientPoints(
            f"{points} points were to be used, but {available} are available.",
            field="points_to_use",
            remedy="Use at most the available points.",
            available=available,
            requested=points,
        )
    return _merge(lots, moves), tuple(moves)


def balance_on(lots: Lots, on: date) -> Balance:
    """What can be spent on a day: a lot counts through the end of its last day."""
    valid = tuple([lot for lot in lots if lot.expires_on >= on])
    available = sum([lot.points for lot in valid])
    limited = sum([lot.points for lot in valid if lot.kind is _LIMITED])
    return Balance(available, available - limited, limited, valid)
