"""Points as DOMAIN describes them, in dictionaries and plain arithmetic: what the ledger is held against.

Nothing here knows of journals, transactions or the product's own types. One card has lots by last day and kind, and may
owe; a receipt remembers what it earned and used, and where.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Slot = tuple[date, str]
"""The last day of a lot, and its kind: l (limited) sorts before r (regular), as it is spent."""


def month_end(day: date, months: int) -> date:
    """The last day of the month that lies some months later."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def points_for(price_yen: int, points_used: int) -> int:
    """One point for each whole ¥100 without 10 % tax, of what is not paid with points; tax is rounded down."""
    paid = price_yen - points_used
    return int(Fraction(paid - paid * 10 // 110, 100))


@dataclass
class Card:
    """What one customer has."""

    lots: dict[Slot, int] = field(default_factory=dict)
    owed: int = 0

    def available(self, on: date) -> int:
        return 0 if self.owed else sum(points for (day, _), points in self.lots.items() if day >= on)

    def put(self, gains: dict[Slot, int]) -> dict[Slot, int]:
        """Add points, those that are owed aside; returns what reached each lot."""
        reached: dict[Slot, int] = {}
        for slot in sorted(gains):
            offset = min(self.owed, gains[slot])
            self.owed -= offset
            if gains[slot] > offset:
                reached[slot] = gains[slot] - offset
                self.lots[slot] = self.lots.get(slot, 0) + reached[slot]
        return reached

    def draw(self, points: int, slots: list[Slot]) -> tuple[dict[Slot, int], int]:
        """Take points from these lots in this order; returns what came from each, and what was missing."""
        taken: dict[Slot, int] = {}
        for slot in slots:
            part = min(points, self.lots.get(slot, 0))
            if part:
                taken[slot] = taken.get(slot, 0) + part
                self.lots[slot] -= part
                points -= part
                if not self.lots[slot]:
                    del self.lots[slot]
        return taken, points

    def valid(self, on: date) -> list[Slot]:
        return sorted(slot for slot in self.lots if slot[0] >= on)

    def use(self, points: int, on: date) -> dict[Slot, int] | None:
        """Take points as a member spends them; None, taking nothing, when there are not enough."""
        if points > self.available(on):
            return None
        return self.draw(points, self.valid(on))[0]

    def take_back(self, points: int, own: Slot | None, on: date) -> None:
        """Take points of returned goods; what is not there any more is owed."""
        _, missing = self.draw(points, [own] if own else [])
        _, missing = self.draw(missing, self.valid(on))
        self.owed += missing

    def sweep(self, today: date) -> int:
        """Let go of what is past its last day; returns how many points that was."""
        gone = {slot: points for slot, points in self.lots.items() if slot[0] < today}
        for slot in gone:
            del self.lots[slot]
        return sum(gone.values())


@dataclass
class Receipt:
    """A sale of one kind of goods with 10 % tax in the price, and what has come back of it."""

    card: str
    price_yen: int
    pieces: int
    used: dict[Slot, int]
    earned: int
    own: Slot | None
    returned: int = 0
    restored: int = 0
    reversed: int = 0

    def bring_back(self, card: Card, pieces: int, on: date) -> tuple[int, int, int]:
        """Return some pieces; returns points taken back, given back and lost."""
        self.returned += pieces
        left_yen = self.price_yen * (self.pieces - self.returned)
        total = self.price_yen * self.pieces
        used = sum(self.used.values())
        target = used * (total - left_yen) // total if total else used
        restore = target - self.restored
        given, lost = {}, 0
        before = self.restored
        for slot in sorted(self.used, reverse=True):
            passed = min(before, self.used[slot])
            before -= passed
            part = min(self.used[slot] - passed, restore - sum(given.values()) - lost)
            if part and slot[0] >= on:
                given[slot] = part
            else:
                lost += part
        self.restored = target
        card.put(given)
        keeps = min(self.earned, points_for(left_yen, used - target)) if left_yen else 0
        reverse = max(0, self.earned - keeps - self.reversed)
        self.reversed += reverse
        card.take_back(reverse, self.own, on)
        return reverse, sum(given.values()), lost


@dataclass
class Hold:
    """Points set aside, and from where."""

    card: str
    lots: dict[Slot, int]

    def release(self, card: Card) -> None:
        card.put(self.lots)

    def capture(self, card: Card, points: int) -> None:
        """Use some of them, soonest to expire first; what is left goes back."""
        left: dict[Slot, int] = {}
        for slot in sorted(self.lots):
            part = min(points, self.lots[slot])
            points -= part
            if self.lots[slot] > part:
                left[slot] = self.lots[slot] - part
        card.put(left)
