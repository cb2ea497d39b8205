"""Points as DOMAIN describes them, in dictionaries and plain arithmetic: what the ledger is held against.

Nothing here knows of journals, transactions or the product's own types. One card has lots by last day and kind, may
owe, and remembers what expired of it; a receipt remembers what it earned and used, and where.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Slot = tuple[date, str]
"""The last day of a lot, and its kind: l (limited) sorts before r (regular), as it is spent."""
Points = dict[Slot, int]

ENDS: dict[str, date] = {"l": date(2027, 1, 15)}
"""The last day on which points of a kind can be used at all, whatever their own."""


def month_end(day: date, months: int) -> date:
    """The last day of the month that lies some months later."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def regular_slot(on: date) -> Slot:
    """Where points earned on a day go: they are valid through the end of the next month."""
    return (month_end(on, 1), "r")


def points_for(price_yen: int, points_used: int) -> int:
    """One point for each whole ¥100 without 10 % tax, of what is not paid with points; tax is rounded down."""
    paid = price_yen - points_used
    return int(Fraction(paid - paid * 10 // 110, 100))


def last_day(slot: Slot) -> date:
    """The last day on which points of a lot can be used."""
    return min(slot[0], ENDS.get(slot[1], slot[0]))


def first_of(lots: Points, slots: list[Slot], points: int) -> Points:
    """The first so many points of some lots, in this order."""
    taken: Points = {}
    for slot in slots:
        part = min(points, lots.get(slot, 0))
        if part:
            taken[slot] = part
            points -= part
    return taken


def without(lots: Points, taken: Points) -> Points:
    """What is left of lots; none is empty."""
    left = {slot: points - taken.get(slot, 0) for slot, points in lots.items()}
    return {slot: points for slot, points in left.items() if points}


@dataclass
class Card:
    """What one customer has. ``swept`` is what expired, sweep by sweep and day by day, less what was given again."""

    lots: Points = field(default_factory=dict)
    owed: int = 0
    frozen: bool = False
    swept: list[Points] = field(default_factory=list)
    reinstated: set[int] = field(default_factory=set)

    def available(self, on: date) -> int:
        return 0 if self.owed else sum(self.lots[slot] for slot in self.valid(on))

    def valid(self, on: date) -> list[Slot]:
        return sorted(slot for slot in self.lots if last_day(slot) >= on)

    def put(self, gains: Points) -> Points:
        """Add points, those that are owed aside; returns what reached each lot."""
        reached: Points = {}
        for slot in sorted(gains):
            offset = min(self.owed, gains[slot])
            self.owed -= offset
            if gains[slot] > offset:
                reached[slot] = gains[slot] - offset
                self.lots[slot] = self.lots.get(slot, 0) + reached[slot]
        return reached

    def draw(self, points: int, slots: list[Slot]) -> tuple[Points, int]:
        """Take points from these lots in this order; returns what came from each, and what was missing."""
        taken = first_of(self.lots, slots, points)
        self.lots = without(self.lots, taken)
        return taken, points - sum(taken.values())

    def use(self, points: int, on: date) -> Points | None:
        """Take points as a member spends them; None, taking nothing, when there are not enough."""
        if points > self.available(on):
            return None
        return self.draw(points, self.valid(on))[0]

    def take_back(self, points: int, own: Slot | None, on: date) -> None:
        """Take points of returned goods; what expired of their own lot was not spent, and what is not there is owed."""
        if own is not None:
            self.reach(points - self.lots.get(own, 0), lambda slot: slot == own)
        _, missing = self.draw(points, [own] if own else [])
        _, missing = self.draw(missing, self.valid(on))
        self.owed += missing

    def reach(self, missing: int, wanted: Callable[[Slot], bool]) -> None:
        """Give again what expired of some lots, as far as it is missing, soonest first."""
        entries = [one for one in range(len(self.swept)) if self.swept[one]]
        for one in sorted(entries, key=lambda one: min(self.swept[one])[0]):
            slots = sorted(slot for slot in self.swept[one] if wanted(slot))
            part = first_of(self.swept[one], slots, max(0, missing))
            missing -= sum(part.values())
            self.swept[one] = without(self.swept[one], part)
            for slot in sorted(part):
                self.put({slot: part[slot]})

    def use_offline(self, points: int, on: date) -> Points:
        """Take points whose goods have left the shop: also what expired since, and the rest is owed."""
        self.reach(points - self.available(on), lambda slot: last_day(slot) >= on)
        taken, missing = self.draw(points, self.valid(on))
        self.owed += missing
        return taken

    def within_reach(self, on: date) -> int:
        """What a receipt of a day that comes late can use."""
        gone = sum(points for lots in self.swept for slot, points in lots.items() if last_day(slot) >= on)
        return self.available(on) + gone

    def sweep(self, today: date) -> int:
        """Let go of what is past its last day, or that of its kind; returns how many points that was."""
        gone = {slot: points for slot, points in self.lots.items() if last_day(slot) < today}
        self.lots = without(self.lots, gone)
        entries: dict[tuple[date, bool], Points] = {}
        for slot, points in gone.items():
            entries.setdefault((last_day(slot), last_day(slot) < slot[0]), {})[slot] = points
        self.swept += [entries[day] for day in sorted(entries)]
        return sum(gone.values())


@dataclass
class Waiting:
    """Points of a receipt that are not points yet. ``due`` is None until the goods are delivered."""

    points: int
    due: date | None
    left: int
    is_open: bool = True

    def cancel(self, points: int) -> int:
        """Cancel up to so many; returns how many that were."""
        part = min(points, self.left) if self.is_open else 0
        self.left -= part
        self.is_open = self.is_open and self.left > 0
        return part


@dataclass
class Receipt:
    """A sale of one kind of goods with 10 % tax in the price, and what has come back of it."""

    card: str
    price_yen: int
    pieces: int
    used: Points
    earned: int
    own: Slot | None
    uncovered: int = 0
    waiting: Waiting | None = None
    returned: int = 0
    restored: int = 0
    reversed: int = 0

    def bring_back(self, card: Card, pieces: int, on: date) -> tuple[int, int, int, int]:
        """Return some pieces; returns points taken back, given back, lost, and cancelled before they came."""
        self.returned += pieces
        left_yen = self.price_yen * (self.pieces - self.returned)
        total = self.price_yen * self.pieces
        used = sum(self.used.values()) + self.uncovered
        target = used * (total - left_yen) // total if total else used
        given, lost = self._give_back(card, target - self.restored, on)
        self.restored = target
        keeps = min(self.earned, points_for(left_yen, used - target)) if left_yen else 0
        reverse = max(0, self.earned - keeps - self.reversed)
        self.reversed += reverse
        cancelled = self.waiting.cancel(reverse) if self.waiting else 0
        card.take_back(reverse - cancelled, self.own, on)
        return reverse - cancelled, given, lost, cancelled

    def _give_back(self, card: Card, points: int, on: date) -> tuple[int, int]:
        """First what no lot had covered, as points earned that day; then to the lots that last longest."""
        first = min(points, max(0, self.uncovered - self.restored))
        before = max(0, self.restored - self.uncovered)
        back: Points = {}
        for slot in sorted(self.used, reverse=True):
            passed = min(before, self.used[slot])
            before -= passed
            part = min(self.used[slot] - passed, points - first - sum(back.values()))
            if part:
                back[slot] = part
        given = {slot: part for slot, part in back.items() if last_day(slot) >= on}
        lost = sum(back.values()) - sum(given.values())
        if first:
            given[regular_slot(on)] = given.get(regular_slot(on), 0) + first
        card.put(given)
        return sum(given.values()), lost


@dataclass
class Hold:
    """Points set aside, and from where."""

    card: str
    lots: Points

    def release(self, card: Card) -> None:
        card.put(self.lots)

    def capture(self, card: Card, points: int) -> None:
        """Use some of them, soonest to expire first; what is left goes back."""
        card.put(without(self.lots, first_of(self.lots, sorted(self.lots), points)))
