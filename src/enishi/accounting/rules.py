"""The arithmetic of the books: allocation of sales, liability of a cohort, settlement. Exact, and pure.

Rounding is half up, to whole yen, of running totals: a month's part is the difference of two rounded totals, so
opening plus movements is closing to the yen, in every cohort and in every sum of cohorts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from enishi.accounting.model import PairSettlement, PointCounts, StorePosition, YenMovement
from enishi.accounting.settings_model import MONTHS_A_YEAR

_HALF = Fraction(1, 2)


def age_in(month: date, cohort: date) -> int:
    """Months from the month of issue to another."""
    return (month.year - cohort.year) * MONTHS_A_YEAR + month.month - cohort.month


def month_after(month: date, months: int = 1) -> date:
    """The first day of the month so many months later (negative: earlier)."""
    number = month.year * MONTHS_A_YEAR + month.month - 1 + months
    return date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return floor(value + _HALF)


def allocate_to_points(sales_yen: int, points: int, yen_per_point: Decimal) -> int:
    """The part of the sales that the points take, by stand-alone selling prices (適用指針 設例22), in yen.

    ¥100,000 with 10,000 points of ¥0.95 gives the goods 91,324 and the points 8,676. The goods' part is rounded and
    the points take the rest, so that both are the sales.
    """
    if sales_yen <= 0 or points <= 0:
        return 0
    goods = Fraction(sales_yen) * sales_yen / (sales_yen + points * Fraction(yen_per_point))
    return sales_yen - round_half_up(goods)


def recognised(allocated_yen: int, used: int, expected: int, outstanding: int) -> Fraction:
    """Revenue of a cohort so far: what was allocated, by the share that has been used of what is expected to be used.

    Once nothing is outstanding, or nothing more is expected to be used of a cohort, everything is revenue.
    """
    if outstanding <= 0 or expected <= used:
        return Fraction(allocated_yen)
    return Fraction(allocated_yen) * max(0, used) / expected


def move_contract_liability(
    opening: tuple[PointCounts, int, int, int] | None, total: PointCounts, new_allocation_yen: int, expected: int
) -> tuple[int, YenMovement]:
    """A month of a cohort of material rights: the amount allocated to it in all, and its liability's movement.

    ``opening`` is what the month before ended with: points since issue, yen allocated, points expected to be used,
    liability. Points taken back by returns take their part of the allocation with them. What use releases is worked
    out with the expectation of the month before; the change of the expectation is apart, first as far as points can
    no longer be used (``expired``), then by new estimate (``remeasured``).
    """
    before, allocated_before, expected_before, liability = opening or (PointCounts(), 0, 0, 0)
    issued_yen = new_allocation_yen
    gross = allocated_before + new_allocation_yen
    taken = total.returned - before.returned
    base = total.issued - before.returned
    returned_yen = -round_half_up(Fraction(gross * min(taken, base), base)) if base > 0 and taken else 0
    allocated = gross + returned_yen
    already = allocated_before - liability
    # New and returned points change the expectation in proportion before anything is said about use.
    raised, lowered = _raised(before, total, expected_before, expected)
    old_view = expected_before + raised - lowered
    by_use = _total(allocated, total.used, old_view, max(total.outstanding, old_view - total.used))
    capped = min(old_view, total.used + max(0, total.outstanding))
    by_expiry = _total(allocated, total.used, capped, total.outstanding)
    now = _total(allocated, total.used, expected, total.outstanding)
    movement = YenMovement(
        liability, issued_yen, returned_yen, -(by_use - already), -(by_expiry - by_use), -(now - by_expiry)
    )
    return allocated, movement


def _raised(before: PointCounts, total: PointCounts, expected_before: int, expected: int) -> tuple[int, int]:
    """By how much points issued since raise the old expectation, and by how much points taken back lower it.

    Each by what a point was expected to be used before; in a new cohort by what it is expected to be used now.
    """
    issued, taken = total.issued - before.issued, total.returned - before.returned
    if before.granted > 0 and expected_before > 0:
        share = Fraction(expected_before, before.granted)
        return round_half_up(share * issued), round_half_up(share * taken)
    lowered = round_half_up(Fraction(expected * taken, total.granted)) if total.granted > 0 else 0
    return expected - expected_before + lowered, lowered


def _total(allocated: int, used: int, expected: int, outstanding: int) -> int:
    return round_half_up(recognised(allocated, used, expected, outstanding))


def move_provision(opening: tuple[PointCounts, int] | None, total: PointCounts, expected: int) -> YenMovement:
    """A month of a cohort of grants without a sale: a point expected to be used is owed at one yen, its value in use.

    ``opening`` is what the month before ended with: points since issue, points expected to be used.
    """
    before, expected_before = opening or (PointCounts(), 0)
    liability = max(0, expected_before - before.used)
    raised, lowered = _raised(before, total, expected_before, expected)
    used = total.used - before.used
    view = liability + raised - lowered - used
    capped = min(view, max(0, total.outstanding))
    closing = max(0, expected - total.used)
    return YenMovement(liability, raised, -lowered, -used, capped - view, closing - capped)


def settle(
    used: Mapping[tuple[str, str], int], yen_per_point: Decimal
) -> tuple[tuple[PairSettlement, ...], tuple[StorePosition, ...]]:
    """Who pays whom for points issued at one store (first of the key) and used at another (second).

    The whole is rounded once; the pairs share it by largest remainder, so that they add up to it exactly, and the
    nets of all stores add up to nothing.
    """
    foreign = {pair: points for pair, points in sorted(used.items()) if pair[0] != pair[1] and points}
    yen = share_out({pair: points * Fraction(yen_per_point) for pair, points in foreign.items()})
    pairs: list[PairSettlement] = []
    for one, other in sorted({(min(pair), max(pair)) for pair in foreign}):
        owed, owing = yen.get((one, other), 0), yen.get((other, one), 0)
        debtor, creditor = (one, other) if owed >= owing else (other, one)
        pairs.append(
            PairSettlement(
                debtor,
                creditor,
                foreign.get((debtor, creditor), 0),
                foreign.get((creditor, debtor), 0),
                yen.get((debtor, creditor), 0),
                yen.get((creditor, debtor), 0),
            )
        )
    return tuple(pairs), tuple(_positions(used, yen))


def _positions(used: Mapping[tuple[str, str], int], yen: Mapping[tuple[str, str], int]) -> Iterator[StorePosition]:
    """Every store that issued or redeemed, by code."""
    figures: dict[str, list[int]] = {}
    for (issuer, user), points in used.items():
        if issuer == user:
            figures.setdefault(issuer, [0, 0, 0, 0])[0] += points
        elif points:
            amount = yen[issuer, user]
            one, other = figures.setdefault(issuer, [0, 0, 0, 0]), figures.setdefault(user, [0, 0, 0, 0])
            one[1] += points
            one[3] -= amount
            other[2] += points
            other[3] += amount
    for store, (own, elsewhere, for_others, net) in sorted(figures.items()):
        if own or elsewhere or for_others or net:
            yield StorePosition(store, own, elsewhere, for_others, net)


def share_out(exact: Mapping[tuple[str, str], Fraction]) -> dict[tuple[str, str], int]:
    """Whole numbers that add up to the rounded whole: each rounded down, the largest remainders up by one.

    Of equal remainders the first key goes up, so that the same month always settles the same way.
    """
    whole = round_half_up(sum(exact.values(), Fraction(0)))
    shared = {key: floor(value) for key, value in exact.items()}
    missing = whole - sum(shared.values())
    by_remainder = sorted(exact, key=lambda key: (shared[key] - exact[key], key))
    for key in by_remainder[:missing]:
        shared[key] += 1
    return shared


def add_points(counts: Iterable[PointCounts]) -> PointCounts:
    """All together."""
    total = PointCounts()
    for one in counts:
        total = total.plus(one)
    return total


def add_yen(movements: Iterable[YenMovement]) -> YenMovement:
    """All together."""
    total = YenMovement()
    for one in movements:
        total = total.plus(one)
    return total
