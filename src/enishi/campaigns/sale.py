"""A receipt as campaigns see it: the goods that earn, and what of amount and base points falls on each. Pure.

Goods that the programme excludes, and goods given away for nothing, count for no campaign: nobody earns on a reward.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from math import prod

from msgspec import Struct

from enishi.campaigns.model import Goods, Measure
from enishi.program import AwardBasis, ProgramSettings
from enishi.purchases import Line, Purchase, goods_of, total_yen


class CountedLine(Struct, gc=False, frozen=True):
    """A line that earns: what of the eligible amount, of the amount with tax and of the base points falls on it."""

    line: Line
    eligible_yen: Fraction
    gross_yen: Fraction
    points: Fraction


class Sale:
    """A purchase with its base award worked out; its goods are looked at only when a campaign asks for some of them."""

    __slots__ = ("_lines", "basis", "on", "purchase", "settings")

    def __init__(self, purchase: Purchase, basis: AwardBasis, settings: ProgramSettings, on: date) -> None:
        """``basis`` is the programme's assessment, ``on`` the day of the purchase in the programme's zone."""
        self.purchase = purchase
        self.basis = basis
        self.settings = settings
        self.on = on
        self._lines: tuple[CountedLine, ...] | None = None

    @property
    def at(self) -> datetime:
        """When it was bought, on the clocks of the programme's zone."""
        return local_time(self.purchase.occurred_at, self.settings)

    @property
    def codes(self) -> frozenset[str]:
        """The codes that were entered, each in its one spelling."""
        return frozenset(normalise_code(code) for code in self.purchase.coupon_codes)

    @property
    def lines(self) -> tuple[CountedLine, ...]:
        """The goods that earn, line by line; their parts add up to the receipt's own figures exactly."""
        if self._lines is None:
            self._lines = _count_lines(self.purchase, self.basis, self.settings)
        return self._lines

    def of(self, goods: Goods | None) -> tuple[CountedLine, ...]:
        """The lines of the campaign's goods; all that earn where it names none."""
        return self.lines if goods is None else tuple(one for one in self.lines if matches(goods, one.line))

    def has(self, goods: Goods | None) -> bool:
        """Whether anything was bought that counts for a campaign of these goods."""
        if goods is None:
            return any(part.gross_yen for part in self.basis.parts)
        return bool(self.of(goods))

    def amount(self, goods: Goods | None, measure: Measure) -> Fraction | int:
        """The amount that a minimum or a step looks at, in yen."""
        if goods is None:
            return self.basis.eligible_yen if measure is Measure.ELIGIBLE else total_yen(self.purchase)
        if measure is Measure.ELIGIBLE:
            return sum((one.eligible_yen for one in self.of(goods)), Fraction(0))
        return sum((one.gross_yen for one in self.of(goods)), Fraction(0))


def local_time(instant: datetime, settings: ProgramSettings) -> datetime:
    """The instant on the clocks of the programme's zone; at the very ends of the calendar, as it was written."""
    try:
        return instant.astimezone(settings.zone_info)
    except OverflowError:
        return instant


@lru_cache(maxsize=1_024)
def normalise_code(code: str) -> str:
    """The one spelling of a code that somebody typed: NFKC, capitals, without spaces around."""
    return unicodedata.normalize("NFKC", code).strip().upper()


def matches(goods: Goods, line: Line) -> bool:
    """Whether a line is of these goods."""
    return (
        line.sku in goods.skus
        or line.category in goods.categories
        or any(line.sku.startswith(prefix) for prefix in goods.sku_prefixes)
    )


def pieces_of(lines: Iterable[CountedLine]) -> int:
    """How many pieces these lines are."""
    return sum(goods_of(one.line) for one in lines)


def _count_lines(purchase: Purchase, basis: AwardBasis, settings: ProgramSettings) -> tuple[CountedLine, ...]:
    excluded = settings.category_exclusions
    earning = [
        (number, line)
        for number, line in enumerate(purchase.lines, 1)
        if line.net_yen > 0 and line.category not in excluded
    ]
    of_rate: dict[int, int] = {}
    for _, line in earning:
        of_rate[line.tax_rate_percent] = of_rate.get(line.tax_rate_percent, 0) + line.net_yen
    by_line = {part.line: part for part in basis.parts if part.line}
    by_rate = {part.tax_rate_percent: part for part in basis.parts if not part.line}
    eligible_yen = basis.eligible_yen
    counted: list[CountedLine] = []
    for number, line in earning:
        part = by_line.get(number) or by_rate.get(line.tax_rate_percent)
        if part is None:
            continue
        share = Fraction(1) if part.line else Fraction(line.net_yen, of_rate[line.tax_rate_percent])
        eligible = share * part.eligible_yen
        if part.line:
            points = Fraction(part.points)
        else:
            points = eligible * basis.points / eligible_yen if eligible_yen else Fraction(0)
        counted.append(CountedLine(line, eligible, share * part.gross_yen, points))
    return tuple(counted)


def times_of(percents: Iterable[int]) -> Fraction:
    """What multipliers, each in per cent, make together."""
    return prod((Fraction(one, 100) for one in percents), start=Fraction(1))
