"""Pricing: which points a purchase earns, in exact integer arithmetic, without I/O and without a clock.

The order of the arithmetic, which ``docs/explanation/points-arithmetic.md`` explains to operators:

1. Goods that earn and goods that do not are told apart and brought to tax-included yen.
2. What does not earn although it pays for goods (points, coupons, excluded payments) is taken off all goods in
   proportion, in whole yen whose sum is exact.
3. Where the base is tax-excluded, tax is taken off what is left, rounded down: once per tax rate of the receipt, as
   the qualified-invoice system (インボイス制度) asks of receipts, or once per line when rounding is per line.
4. The rule's rate is applied and rounded in the rule's scope.

Neither buying more nor paying less with points ever lowers an award.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import MAXYEAR, date, datetime
from functools import lru_cache
from heapq import heapify, heapreplace
from math import gcd
from operator import attrgetter
from typing import TYPE_CHECKING

from enishi.program.model import (
    BASE_RULE,
    DISCOUNT,
    POINTS,
    Award,
    AwardBasis,
    BasisPart,
    EarningBase,
    EarningRule,
    ExpiryPolicy,
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    ProgramSettings,
    ProgramVersion,
    Rounding,
    RoundingScope,
)
from enishi.purchases import PaymentMethod, Purchase, TaxMode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

# Looking a member up on its enum costs more than the arithmetic it decides, so the ones on the hot path are bound here.
_TAX_INCLUDED_LINES = TaxMode.INCLUDED
_TAX_EXCLUDED_BASE = EarningBase.TAX_EXCLUDED
_FLOOR = Rounding.FLOOR
_HALF_UP = Rounding.HALF_UP
_PER_LINE = RoundingScope.LINE
_PER_UNIT = RoundingScope.UNIT
_COUPON = PaymentMethod.COUPON

_Goods = tuple[int, int, int]
"""Goods that share a fate: (tax rate, tax-included yen, line counted from 1 or 0 for a whole tax rate)."""

_PRIORITY_BITS = 128
"""Shift that turns the quotients compared in ``apportion`` into integers of the same order. Two different quotients
of amounts below 2**63 differ by more than 2**-126, so none are confused."""


def default_settings(name: str = "ポイント制度") -> ProgramSettings:
    """Return what a new installation begins with: 1 point for ¥100 before tax, valid to the end of the 12th month."""
    return ProgramSettings(
        name=name,
        earning=EarningRule(
            base=EarningBase.TAX_EXCLUDED,
            counts_points_paid=False,
            counts_coupon_paid=False,
            unit_yen=100,
            points_per_unit=1,
            rounding=Rounding.FLOOR,
            scope=RoundingScope.RECEIPT,
        ),
        expiry=MonthsToMonthEnd(months=12),
    )


def version_at(versions: Sequence[ProgramVersion], occurred_at: datetime) -> ProgramVersion | None:
    """Find the version in force at an instant, or None before the first.

    ``versions`` ascend by (effective_at, version), as ``load_versions`` returns them. Of several that take effect at
    the same instant, the one published last is in force.
    """
    if versions and versions[-1].effective_at <= occurred_at:
        return versions[-1]  # as nearly always
    index = bisect_right(versions, occurred_at, key=attrgetter("effective_at"))
    return versions[index - 1] if index else None


def price(
    purchase: Purchase, version: ProgramVersion | None, points_used: int = 0, occurred_on: date | None = None
) -> tuple[Award, ...]:
    """Price what the purchase earns under the version in force when it occurred; empty when it earns nothing.

    ``points_used`` are the points really spent on it, one yen a point, which may be fewer than it asked for.
    ``occurred_on`` is its day in the programme's zone, for a caller who has worked it out already.
    """
    if version is None:
        return ()
    basis = assess(purchase, version, points_used)
    if basis.points == 0:
        return ()
    settings = version.settings
    occurred_on = occurred_on or day_in_zone(purchase.occurred_at, settings.zone_info)
    last_day = last_day_of(settings, occurred_on)
    if last_day < occurred_on:
        return ()
    return (
        Award(
            kind="regular",
            points=basis.points,
            expires_on=last_day,
            extends_regular=type(settings.expiry) is ExtendedByActivity,
            basis=basis,
        ),
    )


def day_in_zone(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in a zone; at the very ends of the calendar, the day as it was written."""
    try:
        return instant.astimezone(zone).date()
    except OverflowError:
        return instant.date()


def expires_on(policy: ExpiryPolicy, occurred_on: date) -> date:
    """Return the last day on which points earned on ``occurred_on`` can be used.

    A day that its month does not have becomes that month's last: a year after 29 February is 28 February. Nothing
    lies beyond the last day of the calendar.
    """
    match policy:
        case MonthsToMonthEnd(months):
            return _add_months(occurred_on, months, to_month_end=True)
        case ExtendedByActivity(months, to_month_end):
            return _add_months(occurred_on, months, to_month_end=to_month_end)
        case FixedDate(on):
            return on


def last_day_of(settings: ProgramSettings, occurred_on: date) -> date:
    """Return the last day of regular points earned on a day: by the expiry policy, and never past their wind-down."""
    last_day = expires_on(settings.expiry, occurred_on)
    return min(last_day, settings.last_use_on.get("regular", last_day)) if settings.last_use_on else last_day


def assess(purchase: Purchase, version: ProgramVersion, points_used: int = 0) -> AwardBasis:
    """Work out the arithmetic of a purchase under a version, also when it comes to no points."""
    settings = version.settings
    name, rule = settings.store_rules.get(purchase.store) or (BASE_RULE, settings.earning)
    per_line = rule.scope is _PER_LINE
    sort_goods = _goods_by_line if per_line else _goods_by_rate
    earning, other, by_category, discount_yen = sort_goods(purchase, settings.category_exclusions)
    reductions: tuple[tuple[str, int], ...] = ()
    shares: Sequence[int] | None = None
    if (discount_yen or points_used or purchase.payments) and earning:
        goods = earning + other
        total = sum([gross for _, gross, _ in goods])
        reductions = _find_reductions(purchase, settings, rule, points_used, discount_yen=discount_yen, total_yen=total)
        if reductions:
            keys = [(index >= len(earning), -rate) for index, (rate, _, _) in enumerate(goods)]
            shares = apportion(sum([yen for _, yen in reductions]), [gross for _, gross, _ in goods], keys)
    parts = _build_parts(earning, shares, rule)
    eligible_yen = sum([part.eligible_yen for part in parts])
    if per_line:
        points = sum([part.points for part in parts])
    elif rule.scope is _PER_UNIT:
        points = round_quotient(eligible_yen, rule.unit_yen, rule.rounding) * rule.points_per_unit
    else:
        points = round_quotient(eligible_yen * rule.points_per_unit, rule.unit_yen, rule.rounding)
    return AwardBasis(
        version=version.version,
        rule=name,
        base=rule.base,
        tax_mode=purchase.tax_mode,
        unit_yen=rule.unit_yen,
        points_per_unit=rule.points_per_unit,
        rounding=rule.rounding,
        scope=rule.scope,
        parts=parts,
        excluded_goods=tuple(sorted(by_category.items())) if by_category else (),
        reductions=reductions,
        exact=_write_fraction(eligible_yen * rule.points_per_unit, rule.unit_yen),
        points=points,
    )


def apportion(total: int, weights: Sequence[int], keys: Sequence[tuple[bool, int]]) -> list[int]:
    """Split ``total`` over ``weights`` in whole numbers whose sum is exact; no share exceeds its weight.

    Each share starts at its exact proportion rounded down; what is left goes, one at a time, to the largest weight
    per share-to-be (the method of D'Hondt). Largest remainders would be as exact, but let a share grow when another
    weight grows: a customer who bought one yen more could earn one point less. Equal claims are settled by the larger
    key, so that the order of the lines plays no part.

    ``total`` is between 0 and the sum of the weights, and no weight is negative.
    """
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left == 0:
        return shares

    def claim(index: int) -> tuple[int, bool, int, int]:
        excluded, order = keys[index]
        return (-((weights[index] << _PRIORITY_BITS) // (shares[index] + 1)), not excluded, -order, index)

    claims = [claim(index) for index in range(len(weights))]
    heapify(claims)
    for _ in range(left):
        index = claims[0][3]
        shares[index] += 1
        heapreplace(claims, claim(index))
    return shares


def round_quotient(numerator: int, denominator: int, rounding: Rounding) -> int:
    """``numerator / denominator`` as a whole number; neither is negative, and a half goes up."""
    if rounding is _FLOOR:
        return numerator // denominator
    if rounding is _HALF_UP:
        return (2 * numerator + denominator) // (2 * denominator)
    return -(-numerator // denominator)


def tax_in(gross_yen: int, tax_rate_percent: int) -> int:
    """Return the consumption tax inside a tax-included amount, rounded down."""
    return gross_yen * tax_rate_percent // (100 + tax_rate_percent)


def tax_on(net_yen: int, tax_rate_percent: int) -> int:
    """Return the consumption tax on a tax-excluded amount, rounded down.

    It is the inverse of ``tax_in``: with ``gross = net + tax_on(net, rate)``, ``tax_in(gross, rate)`` is the same tax
    again, so that going to tax-included yen and back leaves no residue of a yen.
    """
    return net_yen * tax_rate_percent // 100


def _goods_by_rate(
    purchase: Purchase, excluded: frozenset[str]
) -> tuple[list[_Goods], list[_Goods], dict[str, int], int]:
    """Sum goods that earn and goods that do not by tax rate, excluded yen by category, and discounts beyond lines."""
    includes_tax = purchase.tax_mode is _TAX_INCLUDED_LINES
    earning: dict[int, int] = {}
    other: dict[int, int] = {}
    by_category: dict[str, int] = {}
    discount_yen = 0
    for line in purchase.lines:
        amount = line.net_yen
        rate = line.tax_rate_percent
        if amount < 0:
            discount_yen += -amount if includes_tax else -amount + tax_on(-amount, rate)
        elif excluded and line.category in excluded:
            other[rate] = other.get(rate, 0) + amount
            by_category[line.category] = by_category.get(line.category, 0) + amount
        else:
            earning[rate] = earning.get(rate, 0) + amount
    if not includes_tax:
        # The tax of a rate is worked out once on all its goods; the excluded ones bear what the earning ones do not.
        for rate, amount in other.items():
            both = amount + earning.get(rate, 0)
            other[rate] += tax_on(both, rate) - tax_on(both - amount, rate)
        for rate, amount in earning.items():
            earning[rate] += tax_on(amount, rate)
    return (
        [(rate, gross, 0) for rate, gross in sorted(earning.items())],
        [(rate, gross, 0) for rate, gross in sorted(other.items())],
        by_category,
        discount_yen,
    )


def _goods_by_line(
    purchase: Purchase, excluded: frozenset[str]
) -> tuple[list[_Goods], list[_Goods], dict[str, int], int]:
    """Do as ``_goods_by_rate`` does, with each line for itself and its tax rounded for itself."""
    includes_tax = purchase.tax_mode is _TAX_INCLUDED_LINES
    earning: list[_Goods] = []
    other: list[_Goods] = []
    by_category: dict[str, int] = {}
    discount_yen = 0
    for number, line in enumerate(purchase.lines, 1):
        amount = line.net_yen
        rate = line.tax_rate_percent
        gross = amount if includes_tax else amount + tax_on(abs(amount), rate) * (1 if amount > 0 else -1)
        if gross < 0:
            discount_yen -= gross
        elif excluded and line.category in excluded:
            other.append((rate, gross, number))
            by_category[line.category] = by_category.get(line.category, 0) + amount
        else:
            earning.append((rate, gross, number))
    return earning, other, by_category, discount_yen


def _find_reductions(
    purchase: Purchase,
    settings: ProgramSettings,
    rule: EarningRule,
    points_used: int,
    *,
    discount_yen: int,
    total_yen: int,
) -> tuple[tuple[str, int], ...]:
    """List what pays for goods without earning, by reason, in tax-included yen up to the receipt's total."""
    wanted: dict[str, int] = {}
    if discount_yen:
        wanted[DISCOUNT] = discount_yen
    if points_used and not rule.counts_points_paid:
        wanted[POINTS] = points_used
    for payment in purchase.payments:
        method = payment.method
        if method in settings.payment_exclusions or (method is _COUPON and not rule.counts_coupon_paid):
            wanted[method.value] = wanted.get(method.value, 0) + payment.amount_yen
    reductions: list[tuple[str, int]] = []
    for reason, yen in wanted.items():
        covered = min(yen, total_yen)
        if covered:
            reductions.append((reason, covered))
            total_yen -= covered
    return tuple(reductions)


def _build_parts(goods: list[_Goods], shares: Sequence[int] | None, rule: EarningRule) -> tuple[BasisPart, ...]:
    """Give each part what is left of it in the rule's base and, under line scope, the points it earns."""
    without_tax = rule.base is _TAX_EXCLUDED_BASE
    unit_yen, points_per_unit, rounding = rule.unit_yen, rule.points_per_unit, rule.rounding
    parts: list[BasisPart] = []
    for index, (rate, gross, line) in enumerate(goods):
        share = shares[index] if shares else 0
        eligible = gross - share
        if without_tax:
            eligible -= eligible * rate // (100 + rate)
        points = round_quotient(eligible * points_per_unit, unit_yen, rounding) if line else 0
        parts.append(BasisPart(rate, gross, share, eligible, line, points))
    return tuple(parts)


def _write_fraction(numerator: int, denominator: int) -> str:
    """Write a fraction in lowest terms, a whole number without its denominator."""
    divisor = gcd(numerator, denominator)
    if divisor == denominator:
        return str(numerator // denominator)
    return f"{numerator // divisor}/{denominator // divisor}"


@lru_cache(maxsize=1_024)
def _add_months(day: date, months: int, *, to_month_end: bool) -> date:
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    if year > MAXYEAR:
        return date.max
    last_day = monthrange(year, month)[1]
    return date(year, month, last_day if to_month_end else min(day.day, last_day))
