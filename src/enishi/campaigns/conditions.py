"""Whether a campaign's conditions hold for a purchase: one finding for each condition that is set. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

from enishi.campaigns.basis import Finding
from enishi.campaigns.model import CampaignRules, Conditions, CustomerFacts, Hours, Visit, Weekday
from enishi.campaigns.sale import Sale, normalise_code

_WEEKDAYS = tuple(Weekday)
_MINUTES_A_DAY = 1_440
UNKNOWN = "?"
"""Found where nothing is known of the member."""


def check(rules: CampaignRules, sale: Sale, facts: CustomerFacts, weather: frozenset[str]) -> Iterator[Finding]:
    """Look at each condition that is set, the cheapest first; a caller who has seen one fail may stop."""
    conditions = rules.conditions
    yield from check_occasion(conditions, sale)
    yield from _check_customer(conditions, sale, facts)
    if conditions.weather:
        yield _any_of("weather", conditions.weather, weather)
    if conditions.codes:
        yield _any_of("codes", tuple(normalise_code(code) for code in conditions.codes), sale.codes)
    if conditions.from_yen:
        yield check_amount(rules, sale)


def check_occasion(conditions: Conditions, sale: Sale) -> Iterator[Finding]:
    """When, where and how was bought."""
    if conditions.weekdays:
        yield _one_of("weekdays", conditions.weekdays, _WEEKDAYS[sale.at.weekday()])
    if conditions.days_of_month:
        yield _one_of("days_of_month", [str(day) for day in conditions.days_of_month], str(sale.on.day))
    if conditions.hours:
        minute = sale.at.hour * 60 + sale.at.minute
        holds = any(_is_within(hours, minute) for hours in conditions.hours)
        needed = ",".join(f"{hours.from_time}-{hours.to_time}" for hours in conditions.hours)
        yield Finding("hours", holds, f"{sale.at:%H:%M}", needed)
    purchase = sale.purchase
    if conditions.stores:
        yield _one_of("stores", conditions.stores, purchase.store)
    if conditions.stores_except:
        holds = purchase.store not in conditions.stores_except
        yield Finding("stores_except", holds, purchase.store, ",".join(conditions.stores_except))
    if conditions.channels:
        yield _one_of("channels", conditions.channels, purchase.channel)
    if conditions.payment_methods:
        paid = [payment.method for payment in purchase.payments if payment.amount_yen]
        yield _any_of("payment_methods", conditions.payment_methods, paid)


def check_amount(rules: CampaignRules, sale: Sale) -> Finding:
    """Whether the amount is large enough; found and needed are yen."""
    conditions = rules.conditions
    amount = sale.amount(rules.goods, conditions.measure)
    return Finding("from_yen", amount >= conditions.from_yen, write_fraction(amount), str(conditions.from_yen))


def _check_customer(conditions: Conditions, sale: Sale, facts: CustomerFacts) -> Iterator[Finding]:
    if conditions.ranks:
        yield _one_of("ranks", conditions.ranks, facts.tier or UNKNOWN)
    if conditions.segments:
        yield _any_of("segments", conditions.segments, facts.segments & set(conditions.segments))
    if conditions.segments_except:
        inside = sorted(facts.segments & set(conditions.segments_except))
        yield Finding("segments_except", not inside, ",".join(inside), ",".join(conditions.segments_except))
    if conditions.customer is not None:
        is_first = facts.is_first_purchase
        found = UNKNOWN if is_first is None else "new" if is_first else "returning"
        yield Finding("customer", found == conditions.customer, found, conditions.customer)
    if conditions.away_days is not None:
        days = facts.days_since_last
        holds = days is not None and days >= conditions.away_days
        yield Finding("away_days", holds, UNKNOWN if days is None else str(days), str(conditions.away_days))
    if conditions.visit is not None:
        yield _check_visit(conditions.visit, facts)
    if conditions.birthday_month:
        month = facts.birth_month
        found = UNKNOWN if month is None else str(month)
        yield Finding("birthday_month", month == sale.on.month, found, str(sale.on.month))
    if conditions.joined_within_days is not None:
        days = None if facts.joined_on is None else (sale.on - facts.joined_on).days
        holds = days is not None and days <= conditions.joined_within_days
        found = UNKNOWN if days is None else str(days)
        yield Finding("joined_within_days", holds, found, str(conditions.joined_within_days))


def _check_visit(visit: Visit, facts: CustomerFacts) -> Finding:
    number = facts.visit_number
    needed = f"*{visit.number}" if visit.every else str(visit.number)
    if number is None:
        return Finding("visit", False, UNKNOWN, needed)
    fits = number % visit.number == 0 if visit.every else number == visit.number
    # What was bought before on the same day has had this visit's points.
    return Finding("visit", fits and facts.is_new_visit, str(number) if facts.is_new_visit else f"{number}+", needed)


def _one_of(condition: str, needed: Iterable[str], found: str) -> Finding:
    needed = tuple(needed)
    return Finding(condition, found in needed, str(found), ",".join(needed))


def _any_of(condition: str, needed: Iterable[str], found: Iterable[str]) -> Finding:
    needed, found = tuple(needed), tuple(found)
    shared = [one for one in found if one in needed]
    return Finding(condition, bool(shared), ",".join(sorted(set(shared or found))), ",".join(needed))


def _is_within(hours: Hours, minute: int) -> bool:
    start, end = _minute_of(hours.from_time), _minute_of(hours.to_time)
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


@lru_cache(maxsize=_MINUTES_A_DAY + 1)
def _minute_of(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def write_fraction(value: Fraction | int) -> str:
    """An exact value: a whole number, or numerator/denominator."""
    return str(value)
