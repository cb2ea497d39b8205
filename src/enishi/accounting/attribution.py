"""Whose points moved: each movement of the journal traced to the month, class and store that issued the points.

The journal knows buckets of points, by kind and last day; points in a bucket are alike to the member. To the books
they are not, so within a bucket they go out in the order they came in (FIFO), in whole points. Every point that
leaves is therefore attributed exactly once, and what is left of all cohorts is what the members have. Two rules go
before the order of arrival: what a return takes back is first points of the month, class and store of that purchase,
and what a return gives back is first what that purchase had used.

Points that an account owes (goods returned after their points were spent) are points of their purchase's cohort below
zero. What comes in later and is set against them moves to that cohort; it is no new promise.

The sale follows its points: with each award of a purchase comes the part of its sale that the award is of all its
awards, in the month in which the points are given.

Pure: entries in, points by month and cohort out. The order of entries of one account is that of their numbers, so
adding entries to the journal never changes what was attributed before, and following can go on where it stopped.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from enishi.accounting.model import Movement, MovementKey, PointClass
from enishi.accounting.parcels import Parcel
from enishi.accounting.settings_model import MaterialRight
from enishi.accounting.standing import Origin, Origins, Piece, Pieces, Standing, Use, append, take, take_of
from enishi.ledger import AccountingEntry

_MERGES = frozenset({"merge_in", "merge_out"})
_TRANSFERS = frozenset({"transfer_in", "transfer_out", *_MERGES})
_ISSUED, _RETURNED, _USED = Movement.ISSUED.value, Movement.RETURNED.value, Movement.USED.value
_EXPIRED, _ADJUSTED = Movement.EXPIRED.value, Movement.ADJUSTED.value

Attributed = dict[tuple[date, MovementKey], int]
"""Points by the month they belong to and what they are added up by."""


class InconsistentJournal(Exception):  # noqa: N818 - it says what is wrong
    """An entry takes points that the account never had; ``enishi verify`` names such accounts."""


class Sale(NamedTuple):
    """A receipt without tax and without the part paid with points, and the points that it earned at once."""

    net_yen: int
    points: int


class Followed(Struct, frozen=True):
    """An account and the entries to follow it through, from its ``standing`` (None: from the beginning).

    ``grants`` are the earnings of purchases that the entries return, earlier ones included; ``sales`` the receipts of
    purchases that the entries are earnings of. The standing's uses are all there are when an entry gives points back.
    """

    customer_id: UUID
    standing: Standing | None
    entries: Sequence[AccountingEntry]
    grants: Mapping[UUID, Sequence[AccountingEntry]]
    sales: Mapping[UUID, Sale]


Done = Callable[[UUID, Standing], None]


class Attribution:
    """Follows accounts and adds up what their entries moved; ``until`` leaves out what was recorded later.

    ``done`` is told where each account stands at its end.
    """

    def __init__(
        self,
        material_right: dict[date, MaterialRight],
        until: datetime | None = None,
        origins: Origins | None = None,
        done: Done | None = None,
    ) -> None:
        self.origins = origins or Origins()
        self.sales: dict[date, int] = defaultdict(int)
        self.first_month: date | None = None
        self.newest_at: datetime | None = None
        self.new_accounts = 0
        self.entries = 0
        self.balance = 0
        self._counts: dict[tuple[date, Origin, str, str], int] = defaultdict(int)
        self._rules = sorted(material_right.items())
        self._classes: dict[date, PointClass] = {}
        self._until = until
        self._done = done
        self._parcels: dict[object, Parcel] = defaultdict(Parcel)
        self._waiting: deque[tuple[Standing, Followed, deque[AccountingEntry]]] = deque()
        self._sales: Mapping[UUID, Sale] = {}
        self._grants: Mapping[UUID, Sequence[AccountingEntry]] = {}
        self._earned: dict[UUID, int] = {}

    @property
    def points(self) -> Attributed:
        """What was moved, by month and key."""
        return {
            (when, MovementKey(origin.cohort, origin.point_class, Movement(movement), origin.store, at)): points
            for (when, origin, movement, at), points in self._counts.items()
            if points
        }

    def follow(self, accounts: Iterable[Followed]) -> None:
        """Follow accounts, each once. Raises ``InconsistentJournal``.

        Members who transferred points wait for ``finish``, because where their points came from stands in another
        account.
        """
        for account in accounts:
            standing = account.standing or Standing()
            own = list(self._known(account.entries))
            if account.standing is None and own:
                self.new_accounts += 1
            if any(entry.entry_type in _TRANSFERS for entry in own):
                self._waiting.append((standing, account, deque(own)))
                continue
            self._begin(account)
            for entry in own:
                self._follow_one(standing, entry)
            self._end(account, standing)

    def finish(self) -> None:
        """Follow those who transferred points: each goes on until it receives points that are not on their way yet."""
        waiting, stuck = self._waiting, 0
        while waiting:
            standing, account, entries = waiting.popleft()
            moved = False
            self._begin(account)
            while entries and (stuck > len(waiting) or self._has_arrived(entries[0])):
                self._follow_one(standing, entries.popleft())
                moved, stuck = True, 0
            if entries:
                waiting.append((standing, account, entries))
            else:
                self._end(account, standing)
            stuck = 0 if moved else stuck + 1
        for parcel in self._parcels.values():
            # What was sent and did not arrive is the fee.
            for piece in parcel.pieces:
                if parcel.entry is not None:
                    self._count(parcel.entry, _ADJUSTED, piece.origin, piece.points)
        self._parcels.clear()

    def _known(self, entries: Iterable[AccountingEntry]) -> Iterator[AccountingEntry]:
        for entry in entries:
            if self._until is not None and entry.recorded_at > self._until:
                return
            if self.first_month is None or entry.month < self.first_month:
                self.first_month = entry.month
            if self.newest_at is None or entry.recorded_at > self.newest_at:
                self.newest_at = entry.recorded_at
            self.entries += 1
            self.balance += entry.points
            yield entry

    def _begin(self, account: Followed) -> None:
        self._sales, self._grants, self._earned = account.sales, account.grants, {}

    def _end(self, account: Followed, standing: Standing) -> None:
        if self._done is not None:
            self._done(account.customer_id, standing)

    def _has_arrived(self, entry: AccountingEntry) -> bool:
        if entry.entry_type == "merge_in":
            return self._parcels[_parcel_of(entry)].entry is not None
        return entry.entry_type != "transfer_in" or self._parcels[_parcel_of(entry)].points >= entry.points

    def _origin_of(self, entry: AccountingEntry) -> Origin:
        if entry.purchase_id is None or entry.entry_type not in {"earn", "take_back"}:
            return self.origins.of(entry.month, PointClass.OTHER, entry.store)
        found = self._classes.get(entry.month)
        if found is None:
            held = [rule for since, rule in self._rules if since <= entry.month]
            found = PointClass.OTHER if held and held[-1] is MaterialRight.NONE else PointClass.MATERIAL
            self._classes[entry.month] = found
        return self.origins.of(entry.month, found, entry.store)

    def _count(self, entry: AccountingEntry, movement: str, origin: Origin, points: int, at: str = "") -> None:
        """Count points in the entry's month, or in the month of issue where a late entry would come before it."""
        when = max(origin.cohort, entry.month)
        self._counts[when, origin, movement, at] += points

    def _count_sale(self, entry: AccountingEntry, origin: Origin) -> None:
        """Add the part of its purchase's sale that an award brings with it, so that all awards bring all of it."""
        purchase_id = entry.purchase_id
        sale = None if purchase_id is None else self._sales.get(purchase_id)
        if purchase_id is None or sale is None or origin.point_class is not PointClass.MATERIAL:
            return
        if entry.points == sale.points and not entry.promised:
            self.sales[origin.cohort] += sale.net_yen
            return
        if entry.awaited is None:
            before = self._earned.get(purchase_id, 0)
            self._earned[purchase_id] = before + entry.points
        else:
            before = sale.points + entry.awaited
        whole = sale.points + entry.promised
        if whole > 0:
            after = min(before + entry.points, whole)
            self.sales[origin.cohort] += sale.net_yen * after // whole - sale.net_yen * before // whole

    def _follow_one(self, standing: Standing, entry: AccountingEntry) -> None:
        standing.seq = entry.seq
        if entry.entry_type == "earn" and len(entry.moves) == 1 and entry.moves[0][2] == entry.points:
            self._issue(standing, entry)
            return
        pulled: Pieces = deque()
        gained = 0
        for kind, last_day, points in entry.moves:
            if points < 0:
                pulled.extend(self._pull(standing, (kind, last_day), -points, entry))
            else:
                gained += points
        reached = sum(points for _, _, points in entry.moves)
        if entry.entry_type in _MERGES:
            self._merge(standing, entry, pulled, gained)
        elif entry.points > 0:
            incoming = self._arrive(standing, entry)
            self._settle_owed(standing, incoming, entry.points - reached, entry)
            pulled.extend(incoming)
        else:
            leaving = take(pulled, sum(piece.points for piece in pulled) - gained)
            self._leave(standing, entry, leaving)
            if reached > entry.points:
                self._owe(standing, entry, reached - entry.points)
        for kind, last_day, points in entry.moves:
            if points > 0:
                bucket = standing.buckets.setdefault((kind, last_day), deque())
                for piece in take(pulled, points):
                    append(bucket, piece)

    def _issue(self, standing: Standing, entry: AccountingEntry) -> None:
        """What nearly all entries do: new points into one lot, nothing owed."""
        ((kind, last_day, points),) = entry.moves
        origin = self._origin_of(entry)
        self._count(entry, _ISSUED, origin, points)
        self._count_sale(entry, origin)
        append(standing.buckets.setdefault((kind, last_day), deque()), Piece(origin, points))

    def _pull(self, standing: Standing, bucket: tuple[str, str], points: int, entry: AccountingEntry) -> Pieces:
        pieces = standing.buckets.get(bucket, deque())
        if entry.entry_type == "take_back":
            taken, pieces = take_of(pieces, points, self._granted(entry))
            standing.buckets[bucket] = pieces
        else:
            taken = take(pieces, points)
        if sum(piece.points for piece in taken) < points:
            raise InconsistentJournal(
                f"entry {entry.seq} of account {entry.customer_id} takes {points} points from lot {bucket}, "
                "which never had so many"
            )
        if not pieces:
            standing.buckets.pop(bucket, None)
        return taken

    def _granted(self, entry: AccountingEntry) -> list[Origin]:
        """Where the points came from that the purchase of an entry had earned by then."""
        if entry.purchase_id is None:
            return []
        return [
            self._origin_of(one)
            for one in self._grants.get(entry.purchase_id, ())
            if one.seq < entry.seq or one.customer_id != entry.customer_id
        ]

    def _merge(self, standing: Standing, entry: AccountingEntry, pulled: Pieces, gained: int) -> None:
        """Send everything off with a merge, or take it in; points pay at once what is owed."""
        parcel = self._parcels[_parcel_of(entry)]
        if entry.entry_type == "merge_out":
            parcel.send_off(standing, entry, pulled, gained, self._origin_of(entry))
        else:
            spare = parcel.take_in(standing, pulled, gained, self._origin_of(entry))
            self._settle_owed(standing, pulled, spare, entry)

    def _arrive(self, standing: Standing, entry: AccountingEntry) -> Pieces:
        """The points an entry brings in, and where they come from."""
        if entry.entry_type == "release":
            return take(standing.held, entry.points)
        if entry.entry_type == "give_back":
            return self._give_back(standing, entry)
        incoming: Pieces = deque()
        if entry.entry_type == "transfer_in":
            incoming = take(self._parcels[_parcel_of(entry)].pieces, entry.points)
        missing = entry.points - sum(piece.points for piece in incoming)
        if missing:
            origin = self._origin_of(entry)
            self._count(entry, _ISSUED, origin, missing)
            if entry.entry_type == "earn":
                self._count_sale(entry, origin)
            append(incoming, Piece(origin, missing))
        return incoming

    def _give_back(self, standing: Standing, entry: AccountingEntry) -> Pieces:
        """What the purchase had used, last used first; then what others had."""
        own = [use for use in standing.uses if use.purchase_id == entry.purchase_id]
        stack = [*(use for use in standing.uses if use.purchase_id != entry.purchase_id), *own]
        missing, back = entry.points, Pieces()
        while missing and stack:
            use = stack.pop()
            points = min(missing, use.points)
            if use.points > points:
                stack.append(use._replace(points=use.points - points))
            self._count(entry, _USED, use.origin, -points, use.at_store)
            append(back, Piece(use.origin, points))
            missing -= points
        standing.uses, standing.uses_whole = stack, True
        if missing:
            origin = self._origin_of(entry)
            self._count(entry, _ISSUED, origin, missing)
            append(back, Piece(origin, missing))
        return back

    def _leave(self, standing: Standing, entry: AccountingEntry, leaving: Pieces) -> None:
        """Count the points an entry takes out, and keep those that can come back."""
        kind = entry.entry_type
        if kind == "hold":
            for piece in leaving:
                append(standing.held, piece)
            return
        if kind == "transfer_out":
            parcel = self._parcels[_parcel_of(entry)]
            parcel.pieces.extend(leaving)
            parcel.entry = entry
            return
        for piece in leaving:
            if kind == "spend":
                self._use(standing, entry, piece.origin, piece.points)
            elif kind == "take_back":
                self._count(entry, _RETURNED, piece.origin, piece.points)
            elif kind == "expire":
                self._count(entry, _EXPIRED, piece.origin, piece.points)
            else:
                self._count(entry, _ADJUSTED, piece.origin, piece.points)

    def _use(self, standing: Standing, entry: AccountingEntry, origin: Origin, points: int) -> None:
        self._count(entry, _USED, origin, points, entry.store)
        standing.uses.append(Use(origin, points, entry.purchase_id, entry.store))

    def _owe(self, standing: Standing, entry: AccountingEntry, points: int) -> None:
        granted = self._granted(entry)
        origin = granted[0] if granted else self._origin_of(entry)
        if entry.entry_type == "spend":
            # A terminal without a connection let more go than there was.
            self._use(standing, entry, origin, points)
        else:
            taken_back = entry.entry_type == "take_back"
            self._count(entry, _RETURNED if taken_back else _ADJUSTED, origin, points)
        append(standing.owed, Piece(origin, points))

    def _settle_owed(self, standing: Standing, incoming: Pieces, points: int, entry: AccountingEntry) -> None:
        """Set ``points`` of what comes in against what is owed: they become points of the cohort that owes them."""
        if points <= 0:
            return
        for piece in take(incoming, points):
            self._count(entry, _ISSUED, piece.origin, -piece.points)
            for debt in take(standing.owed, piece.points):
                self._count(entry, _ISSUED, debt.origin, debt.points)


def _parcel_of(entry: AccountingEntry) -> object:
    """What the two legs of a transfer have in common."""
    return entry.transfer or entry.recorded_at
