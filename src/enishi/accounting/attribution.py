"""Whose points moved: each movement of the journal traced to the month, class and store that issued the points.

The journal knows buckets of points, by kind and last day; points in a bucket are alike to the member. To the books
they are not, so within a bucket they go out in the order they came in (FIFO), in whole points. Every point that
leaves is therefore attributed exactly once, and what is left of all cohorts is what the members have. Two rules go
before the order of arrival: what a return takes back is first the points of that purchase, and what a return gives
back is first what that purchase had used.

Points that an account owes (goods returned after their points were spent) are points of their purchase's cohort below
zero. What comes in later and is set against them moves to that cohort; it is no new promise.

Pure: entries in, points by month and cohort out. The order of entries of one account is that of their numbers, so
adding entries to the journal never changes what was attributed before.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from enishi.accounting.model import HeldPoints, MaterialRight, Movement, MovementKey, PointClass
from enishi.ledger import AccountingEntry

_GRANTS = frozenset({"earn", "reinstate"})
_TRANSFERS = frozenset({"transfer_in", "transfer_out"})

Attributed = dict[tuple[date, MovementKey], int]
"""Points by the month they belong to and what they are added up by."""


class InconsistentJournal(Exception):  # noqa: N818 - it says what is wrong
    """An entry takes points that the account never had; ``enishi verify`` names such accounts."""


class _Origin(NamedTuple):
    cohort: date
    point_class: PointClass
    store: str


class _Piece(NamedTuple):
    """Points of one origin; ``purchase_id`` is the purchase that earned them, or (once used) that used them."""

    origin: _Origin
    points: int
    purchase_id: UUID | None
    at_store: str = ""


class _Member:
    """The points of one account while its entries are followed."""

    __slots__ = ("buckets", "customer_id", "earned_by", "held", "owed", "used")

    def __init__(self, customer_id: UUID) -> None:
        self.customer_id = customer_id
        self.buckets: dict[tuple[str, str], deque[_Piece]] = {}
        self.held: deque[_Piece] = deque()
        self.used: list[_Piece] = []
        self.owed: deque[_Piece] = deque()
        self.earned_by: dict[UUID, _Origin] = {}


class Attribution:
    """Follows entries and adds up what they moved; ``until`` leaves out what was recorded later."""

    def __init__(self, material_right: dict[date, MaterialRight], until: datetime | None = None) -> None:
        self.points: Attributed = defaultdict(int)
        self.first_month: date | None = None
        self._rules = sorted(material_right.items())
        self._classes: dict[date, PointClass] = {}
        self._until = until
        self._transit: dict[datetime, deque[_Piece]] = defaultdict(deque)
        self._sent: dict[datetime, AccountingEntry] = {}
        self._members: list[_Member] | None = None

    def keep_members(self) -> None:
        """Keep what each member has left, for ``held_points``; without this only sums are kept."""
        self._members = []

    def held_points(self) -> Iterator[HeldPoints]:
        """What each kept member has left, by cohort; points on hold included, owed ones counted below zero."""
        for member in self._members or []:
            left: dict[tuple[date, PointClass], int] = defaultdict(int)
            for pieces in (*member.buckets.values(), member.held):
                for piece in pieces:
                    left[piece.origin.cohort, piece.origin.point_class] += piece.points
            for piece in member.owed:
                left[piece.origin.cohort, piece.origin.point_class] -= piece.points
            for (cohort, point_class), points in sorted(left.items()):
                if points:
                    yield HeldPoints(member.customer_id, cohort, point_class, points)

    def follow(self, entries: Iterable[AccountingEntry]) -> None:
        """Follow entries in the order of account and number. Raises ``InconsistentJournal``.

        Members who transferred points are followed together at the end, because where their points came from stands
        in another account.
        """
        waiting: deque[tuple[_Member, deque[AccountingEntry]]] = deque()
        for customer_id, group in groupby(entries, key=lambda entry: entry.customer_id):
            own = list(self._known(group))
            member = _Member(customer_id)
            if self._members is not None:
                self._members.append(member)
            if any(entry.entry_type in _TRANSFERS for entry in own):
                waiting.append((member, deque(own)))
                continue
            for entry in own:
                self._follow_one(member, entry)
        self._follow_together(waiting)

    def _known(self, entries: Iterable[AccountingEntry]) -> Iterator[AccountingEntry]:
        for entry in entries:
            if self._until is not None and entry.recorded_at > self._until:
                return
            if self.first_month is None or entry.month < self.first_month:
                self.first_month = entry.month
            yield entry

    def _follow_together(self, waiting: deque[tuple[_Member, deque[AccountingEntry]]]) -> None:
        """Each account goes on until it receives points that are not on their way yet, and waits for the others."""
        stuck = 0
        while waiting:
            member, entries = waiting.popleft()
            moved = False
            while entries and (stuck > len(waiting) or self._has_arrived(entries[0])):
                self._follow_one(member, entries.popleft())
                moved, stuck = True, 0
            if entries:
                waiting.append((member, entries))
            stuck = 0 if moved else stuck + 1
        for sent_at, pieces in self._transit.items():
            # What was sent and did not arrive is the fee.
            for piece in pieces:
                self._count(self._sent[sent_at], Movement.ADJUSTED, piece, piece.points)
            pieces.clear()

    def _has_arrived(self, entry: AccountingEntry) -> bool:
        if entry.entry_type != "transfer_in":
            return True
        return sum(piece.points for piece in self._transit[entry.recorded_at]) >= entry.points

    def _class_of(self, entry: AccountingEntry) -> PointClass:
        if entry.purchase_id is None or entry.entry_type not in {"earn", "take_back"}:
            return PointClass.OTHER
        found = self._classes.get(entry.month)
        if found is None:
            held = [rule for since, rule in self._rules if since <= entry.month]
            found = PointClass.OTHER if held and held[-1] is MaterialRight.NONE else PointClass.MATERIAL
            self._classes[entry.month] = found
        return found

    def _origin_of(self, entry: AccountingEntry) -> _Origin:
        return _Origin(entry.month, self._class_of(entry), entry.store)

    def _count(self, entry: AccountingEntry, movement: Movement, piece: _Piece, points: int, at: str = "") -> None:
        """Count points in the entry's month, or in the month of issue where a late entry would come before it."""
        origin = piece.origin
        key = MovementKey(origin.cohort, origin.point_class, movement, origin.store, at)
        self.points[max(entry.month, origin.cohort), key] += points

    def _follow_one(self, member: _Member, entry: AccountingEntry) -> None:
        if entry.entry_type == "earn" and len(entry.moves) == 1 and entry.moves[0][2] == entry.points:
            self._issue(member, entry)
            return
        pulled: deque[_Piece] = deque()
        gained = 0
        for kind, last_day, points in entry.moves:
            if points < 0:
                pulled.extend(self._pull(member, (kind, last_day), -points, entry))
            else:
                gained += points
        reached = sum(points for _, _, points in entry.moves)
        if entry.points > 0:
            incoming = self._arrive(member, entry)
            self._settle_owed(member, incoming, entry.points - reached, entry)
            pulled.extend(incoming)
        else:
            leaving = _take(pulled, sum(piece.points for piece in pulled) - gained)
            self._leave(member, entry, leaving)
            if reached > entry.points:
                self._owe(member, entry, reached - entry.points)
        for kind, last_day, points in entry.moves:
            if points > 0:
                member.buckets.setdefault((kind, last_day), deque()).extend(_take(pulled, points))

    def _issue(self, member: _Member, entry: AccountingEntry) -> None:
        """What nearly all entries do: new points into one lot, nothing owed."""
        ((kind, last_day, points),) = entry.moves
        piece = _Piece(self._origin_of(entry), points, entry.purchase_id)
        self._count(entry, Movement.ISSUED, piece, points)
        member.buckets.setdefault((kind, last_day), deque()).append(piece)
        if entry.purchase_id is not None:
            member.earned_by.setdefault(entry.purchase_id, piece.origin)

    def _pull(self, member: _Member, bucket: tuple[str, str], points: int, entry: AccountingEntry) -> deque[_Piece]:
        pieces = member.buckets.get(bucket, deque())
        if entry.entry_type == "take_back" and entry.purchase_id is not None:
            own = [piece for piece in pieces if piece.purchase_id == entry.purchase_id]
            pieces = deque([*own, *(piece for piece in pieces if piece.purchase_id != entry.purchase_id)])
            member.buckets[bucket] = pieces
        taken = _take(pieces, points)
        if sum(piece.points for piece in taken) < points:
            raise InconsistentJournal(
                f"entry {entry.seq} of account {entry.customer_id} takes {points} points from lot {bucket}, "
                "which never had so many"
            )
        if not pieces:
            member.buckets.pop(bucket, None)
        return taken

    def _arrive(self, member: _Member, entry: AccountingEntry) -> deque[_Piece]:
        """The points an entry brings in, and where they come from."""
        if entry.entry_type == "release":
            return _take(member.held, entry.points)
        if entry.entry_type == "give_back":
            return self._give_back(member, entry)
        incoming: deque[_Piece] = deque()
        if entry.entry_type == "transfer_in":
            incoming = _take(self._transit[entry.recorded_at], entry.points)
        missing = entry.points - sum(piece.points for piece in incoming)
        if missing:
            piece = _Piece(self._origin_of(entry), missing, entry.purchase_id)
            self._count(entry, Movement.ISSUED, piece, missing)
            incoming.append(piece)
            if entry.purchase_id is not None and entry.entry_type in _GRANTS:
                member.earned_by.setdefault(entry.purchase_id, piece.origin)
        return incoming

    def _give_back(self, member: _Member, entry: AccountingEntry) -> deque[_Piece]:
        own = [piece for piece in member.used if piece.purchase_id == entry.purchase_id]
        stack = deque([*reversed(own), *(one for one in reversed(member.used) if one.purchase_id != entry.purchase_id)])
        taken = _take(stack, entry.points)
        member.used = list(reversed(stack))
        for piece in taken:
            self._count(entry, Movement.USED, piece, -piece.points, piece.at_store)
        missing = entry.points - sum(piece.points for piece in taken)
        back = deque(_Piece(piece.origin, piece.points, None) for piece in taken)
        if missing:
            piece = _Piece(self._origin_of(entry), missing, None)
            self._count(entry, Movement.ISSUED, piece, missing)
            back.append(piece)
        return back

    def _leave(self, member: _Member, entry: AccountingEntry, leaving: deque[_Piece]) -> None:
        """Count the points an entry takes out, and keep those that can come back."""
        kind = entry.entry_type
        if kind == "hold":
            member.held.extend(leaving)
            return
        if kind == "transfer_out":
            self._transit[entry.recorded_at].extend(leaving)
            self._sent[entry.recorded_at] = entry
            return
        for piece in leaving:
            if kind == "spend":
                self._count(entry, Movement.USED, piece, piece.points, entry.store)
                member.used.append(_Piece(piece.origin, piece.points, entry.purchase_id, entry.store))
            elif kind == "take_back":
                self._count(entry, Movement.RETURNED, piece, piece.points)
            elif kind == "expire":
                self._count(entry, Movement.EXPIRED, piece, piece.points)
            else:
                self._count(entry, Movement.ADJUSTED, piece, piece.points)

    def _owe(self, member: _Member, entry: AccountingEntry, points: int) -> None:
        origin = self._origin_of(entry)
        if entry.purchase_id is not None:
            origin = member.earned_by.get(entry.purchase_id, origin)
        piece = _Piece(origin, points, entry.purchase_id)
        taken_back = entry.entry_type == "take_back"
        self._count(entry, Movement.RETURNED if taken_back else Movement.ADJUSTED, piece, points)
        member.owed.append(piece)

    def _settle_owed(self, member: _Member, incoming: deque[_Piece], points: int, entry: AccountingEntry) -> None:
        """Set ``points`` of what comes in against what is owed: they become points of the cohort that owes them."""
        if points <= 0:
            return
        for piece in _take(incoming, points):
            self._count(entry, Movement.ISSUED, piece, -piece.points)
            for debt in _take(member.owed, piece.points):
                self._count(entry, Movement.ISSUED, debt, debt.points)


def _take(pieces: deque[_Piece], points: int) -> deque[_Piece]:
    """Take points off the front; fewer when there are fewer."""
    taken: deque[_Piece] = deque()
    while points > 0 and pieces:
        first = pieces.popleft()
        if first.points > points:
            pieces.appendleft(first._replace(points=first.points - points))
            first = first._replace(points=points)
        taken.append(first)
        points -= first.points
    return taken
