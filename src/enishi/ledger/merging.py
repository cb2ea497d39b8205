"""Two accounts become one, and two again. Pure but for the accounts it changes in memory.

A merge moves every lot as it is, with its kind and last day, and what is owed too; lots pay what is owed at once, since
the two are one person. To part them, what happened since is told again on the two accounts as they stood at the merge,
each entry on the account of its side. So each gets what it would have without the merge, and no point comes or goes:
the sums of both are the sum of the one at every step. A side that used more than it had owes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from msgspec import Struct

from enishi.ledger import rules
from enishi.ledger.model import Account, EntryType, Kind, Lot, Lots, Posting
from enishi.ledger.operations import Occasion
from enishi.ledger.service import post

_SINKS: Final = frozenset({EntryType.SPEND, EntryType.HOLD, EntryType.TRANSFER_OUT})
_Slot = tuple[date, Kind]


class Happened(Struct, gc=False, frozen=True, kw_only=True):
    """An entry since the merge, as far as telling it again needs it.

    ``absorbed``: it is of the absorbed side. ``on`` is its day. ``own`` are the lots that points which are taken back
    had gone into. ``link`` names what a later entry undoes: the purchase whose points come back, the hold that ends.
    ``lots`` are those that points given again had been in. ``extends``: the earning moves the last day of all regular
    points.
    """

    entry_type: EntryType
    points: int
    moves: Lots
    on: date
    absorbed: bool
    own: Lots = ()
    link: UUID | None = None
    lots: Lots = ()
    extends: bool = False


class Parted(Struct, frozen=True):
    """What the two accounts hold after they were parted; each as an account in memory."""

    survivor: Account
    absorbed: Account


def fold(
    absorbed: Account, survivor: Account, on: date, gone: Occasion, come: Occasion
) -> tuple[Posting | None, Posting | None]:
    """Move everything of one account to another; the two entries, None when there is nothing to move."""
    if not absorbed.lots and not absorbed.balance:
        return None, None
    points, lots, owed = absorbed.balance, absorbed.lots, absorbed.owed + survivor.owed
    emptied = tuple([Lot(lot.kind, lot.expires_on, -lot.points) for lot in lots])
    out = _post(absorbed, ((), emptied), EntryType.MERGE_OUT, -points, gone)
    together = _added(survivor.lots, lots)
    left, _, _ = rules.take_back(together, min(owed, sum(lot.points for lot in together)), (), on, survivor.ending)
    return out, _post(survivor, (left, _difference(survivor.lots, left)), EntryType.MERGE_IN, points, come)


def part(
    account: Account, parted: Parted, absorbed: Account, gone: Occasion, come: Occasion
) -> tuple[Posting | None, Posting | None]:
    """Give the absorbed account, which is empty, what is its own; the two entries, None when nothing is to be moved."""
    own, other = parted.survivor, parted.absorbed
    if own.balance + other.balance != account.balance:
        raise AssertionError("Telling the journal again has changed the sum of points.")
    moves = _difference(account.lots, own.lots)
    if not moves and not other.balance and not other.lots:
        return None, None
    out = _post(account, (own.lots, moves), EntryType.MERGE_OUT, -other.balance, gone)
    return out, _post(absorbed, (other.lots, other.lots), EntryType.MERGE_IN, other.balance, come)


def _post(account: Account, change: rules.Change, entry_type: EntryType, points: int, occasion: Occasion) -> Posting:
    return post(
        account,
        change,
        entry_type,
        points,
        store=occasion.store,
        purchase_id=None,
        occurred_at=occasion.occurred_at,
        basis=occasion.basis,
    )


def tell_again(survivor: Account, absorbed: Account, happened: Iterable[Happened]) -> Parted:
    """Carry out on the two accounts of a merge what has happened since; both are changed in memory."""
    told = _Telling(survivor, absorbed)
    for one in happened:
        told.tell(one)
    return Parted(survivor, absorbed)


class _Telling:
    """The two accounts while the journal is told again, and what purchases and holds took from which lots."""

    def __init__(self, survivor: Account, absorbed: Account) -> None:
        self._survivor = survivor
        self._absorbed = absorbed
        self._taken: dict[UUID, Lots] = {}
        self._back: dict[UUID, int] = {}

    def tell(self, one: Happened) -> None:
        """Carry out one entry."""
        account = self._absorbed if one.absorbed else self._survivor
        match one.entry_type:
            case EntryType.EARN:
                self._earn(account, one)
            case EntryType.EXPIRE:
                self._expire(one)
            case EntryType.GIVE_BACK | EntryType.RELEASE:
                self._give_back(account, one)
            case _ if one.points >= 0:
                _credit(account, one.lots or one.moves, one)
            case _:
                self._take(account, one)

    def _earn(self, account: Account, one: Happened) -> None:
        last = one.moves[-1]
        change = (
            rules.earn_and_extend(account.lots, one.points, last.expires_on, one.on, account.owed)
            if one.extends
            else rules.earn(account.lots, last.kind, one.points, last.expires_on, account.owed)
        )
        account.lots = change[0]
        account.balance += one.points

    def _take(self, account: Account, one: Happened) -> None:
        """Take points as the entry took them, from what this side has; what it lacks is owed."""
        if one.entry_type is EntryType.TAKE_BACK:
            slots = {(lot.expires_on, lot.kind) for lot in one.own}
            exact = [
                Lot(move.kind, move.expires_on, -move.points)
                for move in one.moves
                if move.points < 0 and (move.expires_on, move.kind) in slots
            ]
            own = (*exact, *one.own) if exact else one.own
        else:
            own = ()
        lots, moves, _ = rules.take_back(account.lots, -one.points, tuple(own), one.on, account.ending)
        account.lots = lots
        account.balance += one.points
        if one.entry_type in _SINKS and one.link is not None:
            taken = tuple([Lot(move.kind, move.expires_on, -move.points) for move in moves])
            self._taken[one.link] = (*self._taken.get(one.link, ()), *taken)

    def _give_back(self, account: Account, one: Happened) -> None:
        taken = None if one.link is None else self._taken.get(one.link)
        if taken is None or one.link is None:
            _credit(account, one.moves, one)
            return
        before = self._back.get(one.link, 0)
        self._back[one.link] = before + one.points
        _credit(account, rules.restore(taken, before, one.points), one)

    def _expire(self, one: Happened) -> None:
        """Points expired: out of the same lots of either side, then of others that are past by then."""
        missing = -one.points
        for move in one.moves:
            missing -= self._drop(-move.points, lambda lot, move=move: _slot(lot) == _slot(move))
        missing -= self._drop(missing, lambda lot: lot.expires_on <= one.on)
        missing -= self._drop(missing, lambda _: True)
        self._survivor.balance -= missing

    def _drop(self, points: int, wanted: Callable[[Lot], bool]) -> int:
        dropped = 0
        for account in (self._survivor, self._absorbed):
            for lot in [lot for lot in account.lots if wanted(lot)]:
                part = min(lot.points, points - dropped)
                if part:
                    account.lots = rules.remove(account.lots, (Lot(lot.kind, lot.expires_on, part),))[0]
                    account.balance -= part
                    dropped += part
        return dropped


def _slot(lot: Lot) -> _Slot:
    return (lot.expires_on, lot.kind)


def _credit(account: Account, lots: Lots, one: Happened) -> None:
    """Add the points of an entry: to the lots it names, and what these do not say to the last of them."""
    gains = [lot for lot in lots if lot.points > 0]
    total = sum(lot.points for lot in gains)
    if total < one.points:
        # A part was set against what was owed, and its lot is not told: it is like the last that is, or as of that day.
        like = (gains or [*lots] or [Lot(Kind.REGULAR, one.on, 0)])[-1]
        gains.append(Lot(like.kind, like.expires_on, one.points - total))
    account.lots = rules.credit(account.lots, _first(gains, one.points), account.owed)[0]
    account.balance += one.points


def _first(lots: Sequence[Lot], points: int) -> Lots:
    found: list[Lot] = []
    for lot in lots:
        part = min(lot.points, points)
        points -= part
        if part:
            found.append(Lot(lot.kind, lot.expires_on, part))
    return tuple(found)


def _added(one: Lots, other: Lots) -> Lots:
    points = _by_slot(one)
    for lot in other:
        points[_slot(lot)] = points.get(_slot(lot), 0) + lot.points
    return _lots_of(points)


def _difference(before: Lots, after: Lots) -> Lots:
    """The movements that lead from some lots to others."""
    points = _by_slot(after)
    for lot in before:
        points[_slot(lot)] = points.get(_slot(lot), 0) - lot.points
    return _lots_of(points)


def _by_slot(lots: Lots) -> dict[_Slot, int]:
    return {_slot(lot): lot.points for lot in lots}


def _lots_of(points: Mapping[_Slot, int]) -> Lots:
    return tuple([Lot(kind, day, moved) for (day, kind), moved in sorted(points.items()) if moved])
