"""Where the cuts of a ladder would lie for wanted shares of members, from what they bought. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from enishi.kit.errors import InvalidRequest
from enishi.ranks.calendar import BEGINNING, first_of, is_monthly, month_number, window_begins, window_holds_until
from enishi.ranks.ladder import Window

_DIGITS = 2
"""To so many digits a cut is rounded: ¥12,345 is proposed as ¥12,000."""


class Cut(Struct, frozen=True):
    """A tier as it would be: everybody from ``value`` on, below the tier above.

    ``wanted_percent`` is the share of members at or above it that was asked for, ``exact_value`` the cut that comes
    closest to it, and ``value`` that one in round numbers. ``members`` and ``revenue_yen`` are the tier's own.
    """

    wanted_percent: int
    exact_value: int
    value: int
    members: int
    revenue_yen: int


class Proposal(Struct, frozen=True):
    """Cuts from the highest tier down, and whoever is below all of them; shares are of these members and yen."""

    members: int
    revenue_yen: int
    cuts: tuple[Cut, ...]
    below_members: int
    below_revenue_yen: int


class Band(Struct, frozen=True):
    """Members whose measure is from ``from_value`` up to that of the next band, and their revenue in yen."""

    from_value: int
    members: int
    revenue_yen: int


BANDS = 20
"""How many bars a distribution has at most, besides that of members with nothing."""
_STEPS = (1, 2, 5, 10)


def span_of(window: Window, last_month: date) -> tuple[date, date]:
    """The first and the last month of the latest window that is over with ``last_month``, each by its first day.

    Refuses with ``InvalidRequest`` windows of days, which are not made of months.
    """
    if not is_monthly(window):
        raise InvalidRequest(
            "A window of days is not made of months.",
            field="window",
            remedy="Choose months, a period of the calendar, or all time.",
        )
    last = last_month.replace(day=1)
    ends = window_holds_until(window, last)
    if ends is not None and ends.replace(day=1) > last:
        last = first_of(month_number(window_begins(window, last)) - 1)
    begins = window_begins(window, last)
    return max(BEGINNING, begins), last


def bands_of(members: Iterable[tuple[int, int]], count: int = BANDS) -> tuple[Band, ...]:
    """The distribution of members over a measure: those with nothing, then bands of equal and round width.

    The last is open above, so that a few who buy very much do not press all others into one bar.
    """
    ordered = sorted(members)
    values = [value for value, _ in ordered]
    some = bisect_left(values, 1)
    if some == len(values):
        return (Band(0, len(values), sum(yen for _, yen in ordered)),) if values else ()
    # One in fifty lies above the bars.
    reach = values[some + (len(values) - some - 1) * 49 // 50]
    width = _round_up(max(1, -(-reach // (count - 1))))
    edges = [0, 1, *(width * number for number in range(1, count) if 1 < width * number < reach + width)]
    bands: list[Band] = []
    for low, high in pairwise([*edges, None]):
        start = bisect_left(values, low or 0)
        end = len(values) if high is None else bisect_left(values, high)
        bands.append(Band(low or 0, end - start, sum(yen for _, yen in ordered[start:end])))
    return tuple(bands if bands[-1].members else bands[:-1])


def tenths_of(members: Iterable[tuple[int, int]]) -> tuple[Band, ...]:
    """Tenths of the members, the highest first: from which measure on they are, and what they spent."""
    ordered = sorted(members, reverse=True)
    edges = [len(ordered) * number // 10 for number in range(11)]
    return tuple(
        Band(ordered[end - 1][0], end - start, sum(yen for _, yen in ordered[start:end]))
        for start, end in pairwise(edges)
        if end > start
    )


def _round_up(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 … that is not below a value."""
    unit = 10 ** (len(str(value)) - 1)
    return next(step * unit for step in _STEPS if step * unit >= value)


def propose_cuts(members: Iterable[tuple[int, int]], shares: Sequence[int]) -> Proposal:
    """Propose cuts from each member's measure and revenue in yen, so that ``shares`` per cent are at or above each.

    ``shares`` ascend, such as 5, 20, 50 for three tiers above the lowest. Members with nothing in the window count.
    Members who are equal are never told apart, so a share can be missed where many are equal; two cuts that would fall
    together are one tier less. Refuses with ``InvalidRequest`` shares that do not ascend between 1 and 99.
    """
    if not shares or list(shares) != sorted(set(shares)) or not all(1 <= one <= 99 for one in shares):  # noqa: PLR2004
        raise InvalidRequest(
            "The shares do not ascend between 1 and 99 per cent.", field="shares", remedy="Name them as 5, 20, 50."
        )
    ordered = sorted(members)
    values = [value for value, _ in ordered]
    revenue = [0]
    for _, yen in ordered:
        revenue.append(revenue[-1] + yen)
    cuts: list[Cut] = []
    top = len(ordered)
    for share in shares:
        exact = _closest(values, share)
        rounded = _round(exact)
        start = bisect_left(values, rounded)
        if rounded <= 0 or start >= top:
            continue
        cuts.append(Cut(share, exact, rounded, top - start, revenue[top] - revenue[start]))
        top = start
    return Proposal(len(ordered), revenue[-1], tuple(cuts), top, revenue[top])


def _closest(values: Sequence[int], share: int) -> int:
    """The value from which on the number of members comes closest to a share of them; the higher of two as close."""
    wanted = len(values) * share / 100
    place = max(0, len(values) - max(1, round(wanted)))
    if not values:
        return 0
    value = values[place]
    at_or_above = len(values) - bisect_left(values, value)
    above = next((one for one in values[place:] if one > value), value)
    fewer = len(values) - bisect_left(values, above)
    return above if abs(fewer - wanted) <= abs(at_or_above - wanted) and above > value else value


def _round(value: int) -> int:
    """A value in round numbers, to ``_DIGITS`` digits; a half goes up."""
    unit = 10 ** max(0, len(str(value)) - _DIGITS)
    return (value + unit // 2) // unit * unit
