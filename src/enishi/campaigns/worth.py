"""What a campaign is worth before anything stands against it, and the terms that go with its points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache

from enishi import program
from enishi.campaigns.model import (
    WHOLE_CAMPAIGN,
    AddedPoints,
    AmountSteps,
    BudgetKey,
    CampaignRules,
    CampaignVersion,
    Multiplier,
    Period,
    PointsPerPiece,
)
from enishi.campaigns.sale import Sale, pieces_of, times_of
from enishi.program import ProgramSettings, round_quotient


def value_of(rules: CampaignRules, sale: Sale, before: Sequence[CampaignVersion] = ()) -> Fraction | int:
    """What a campaign gives before rounding; ``before`` are multipliers that have multiplied the base already."""
    match rules.effect:
        case Multiplier(times_percent):
            if rules.goods is None and not before:
                return Fraction(sale.basis.points * (times_percent - 100), 100)  # as nearly always
            extra = Fraction(times_percent - 100, 100)
            if rules.goods is None and all(one.rules.goods is None for one in before):
                return sale.basis.points * times_before(before) * extra
            return extra * sum(
                (
                    line.points * times_before([one for one in before if line in sale.of(one.rules.goods)])
                    for line in sale.of(rules.goods)
                ),
                Fraction(0),
            )
        case AddedPoints(points):
            return points
        case PointsPerPiece(points, most_pieces):
            pieces = pieces_of(sale.of(rules.goods))
            return points * (pieces if most_pieces is None else min(pieces, most_pieces))
        case AmountSteps(steps):
            amount = sale.amount(rules.goods, rules.conditions.measure)
            return max([step.points for step in steps if amount >= step.from_yen], default=0)


def times_before(before: Sequence[CampaignVersion]) -> Fraction:
    """What multipliers have made of the base award together."""
    return times_of(one.rules.effect.times_percent for one in before if isinstance(one.rules.effect, Multiplier))


def rounded(value: Fraction | int, rules: CampaignRules) -> int:
    """The value in whole points, by the campaign's own rounding."""
    return round_quotient(value.numerator, value.denominator, rules.award.rounding)


def budget_keys(version: CampaignVersion, store: str) -> list[tuple[str, BudgetKey]]:
    """The budgets that pay for what a store's receipts get of a campaign: the store's, then the campaign's."""
    ceilings = version.rules.ceilings
    keys: list[tuple[str, BudgetKey]] = []
    if store in ceilings.store_budgets:
        keys.append(("store", (version.campaign_id, store)))
    if ceilings.budget_points is not None:
        keys.append(("budget", (version.campaign_id, WHOLE_CAMPAIGN)))
    return keys


@lru_cache(maxsize=4_096)
def period_of(period: Period, on: date) -> str:
    """The name of the period in which a day counts against a member's ceiling."""
    match period:
        case Period.DAY:
            return on.isoformat()
        case Period.WEEK:
            year, week, _ = on.isocalendar()
            return f"{year}-W{week:02}"
        case Period.MONTH:
            return f"{on:%Y-%m}"
        case Period.YEAR:
            return f"{on:%Y}"
        case Period.CAMPAIGN:
            return ""


def last_day_of(rules: CampaignRules, settings: ProgramSettings, on: date) -> date:
    """The last day of what a campaign gives on a day: its own for limited points, the programme's for regular ones."""
    return last_day_by(rules.award.valid_days, rules.award.valid_until, settings, on)


def last_day_by(valid_days: int | None, valid_until: date | None, settings: ProgramSettings, on: date) -> date:
    """As ``last_day_of``, by the terms that a basis keeps."""
    if valid_days is None and valid_until is None:
        return program.last_day_of(settings, on)
    if valid_days is not None:
        last_day = date.fromordinal(min(on.toordinal() + valid_days, date.max.toordinal()))
        last_day = last_day if valid_until is None else min(last_day, valid_until)
    else:
        last_day = valid_until or on
    return min(last_day, settings.last_use_on.get("limited", last_day))
