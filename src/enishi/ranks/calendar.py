"""Days: which of them a window covers, when members are evaluated, and until when a rank is kept. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta

from enishi.ranks.ladder import (
    CalendarPeriod,
    ForMonths,
    JoinYear,
    KeepRule,
    Ladder,
    Lifetime,
    MonthlyOn,
    Period,
    RollingDays,
    RollingMonths,
    Schedule,
    UntilEvaluation,
    Window,
)

BEGINNING = date(1, 1, 1)
"""Before every purchase: where a lifetime begins."""
_DAY = timedelta(days=1)
_LENGTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}


def month_number(day: date) -> int:
    """Months counted from the year 0, so that they can be added and compared."""
    return day.year * 12 + day.month - 1


def first_of(number: int) -> date:
    """The first day of a month by its number."""
    year, month = divmod(number, 12)
    return date(min(max(year, 1), MAXYEAR), month + 1, 1)


def end_of(number: int) -> date:
    """The last day of a month by its number."""
    first = first_of(number)
    return first.replace(day=monthrange(first.year, first.month)[1])


def is_monthly(window: Window) -> bool:
    """Whether a window begins with a month, whoever is looked at."""
    return not isinstance(window, RollingDays | JoinYear)


def window_begins(window: Window, on: date, joined_on: date | None = None) -> date:
    """The first day of a window that is looked at on a day; its last is that day."""
    match window:
        case RollingMonths(months):
            return first_of(month_number(on) - months + 1)
        case RollingDays(days):
            return max(BEGINNING, date.fromordinal(max(1, on.toordinal() - days + 1)))
        case CalendarPeriod():
            return first_of(_period_begins(window, on))
        case JoinYear():
            return BEGINNING if joined_on is None else _anniversary(joined_on, on)
        case Lifetime():
            return BEGINNING


def window_holds_until(window: Window, on: date, joined_on: date | None = None) -> date | None:
    """The last day on which the window begins where it begins now: until then nothing drops out. None is for ever."""
    match window:
        case RollingMonths():
            return end_of(month_number(on))
        case RollingDays():
            return on
        case CalendarPeriod():
            return end_of(_period_begins(window, on) + _LENGTHS[window.period] - 1)
        case JoinYear():
            return (
                None if joined_on is None else _anniversary_in(joined_on, _anniversary(joined_on, on).year + 1) - _DAY
            )
        case Lifetime():
            return None


def _period_begins(window: CalendarPeriod, on: date) -> int:
    length = _LENGTHS[window.period]
    number = month_number(on)
    return number - (number - (window.start_month - 1)) % length


def _anniversary(joined_on: date, on: date) -> date:
    """The latest anniversary of a day, that day among them, that is not after another."""
    this_year = _anniversary_in(joined_on, on.year)
    return this_year if this_year <= on else _anniversary_in(joined_on, on.year - 1)


def _anniversary_in(joined_on: date, year: int) -> date:
    """29 February has its anniversary on the 28th in other years."""
    return joined_on.replace(year=year, day=min(joined_on.day, monthrange(year, joined_on.month)[1]))


def next_evaluation(schedule: Schedule, after: date) -> date:
    """The first day after another on which all members are evaluated."""
    if isinstance(schedule, MonthlyOn):
        number = month_number(after)
        this_month = first_of(number).replace(day=schedule.day)
        return this_month if this_month > after else first_of(number + 1).replace(day=schedule.day)
    return min(day for day in _yearly(schedule.dates, after.year, after.year + 1) if day > after)


def latest_evaluation(schedule: Schedule, until: date) -> date:
    """The last such day that is not after another."""
    if isinstance(schedule, MonthlyOn):
        number = month_number(until)
        this_month = first_of(number).replace(day=schedule.day)
        return this_month if this_month <= until else first_of(number - 1).replace(day=schedule.day)
    return max(day for day in _yearly(schedule.dates, until.year - 1, until.year) if day <= until)


def _yearly(dates: tuple[str, ...], *years: int) -> list[date]:
    days: list[date] = []
    for year in years:
        for text in dates:
            month, day = int(text[:2]), int(text[3:])
            days.append(date(year, month, min(day, monthrange(year, month)[1])))
    return days


def looks_at(evaluation_on: date, *, by_months: bool) -> date:
    """The last day that counts for an evaluation.

    Where months are counted it is the end of the month before, so that an evaluation on the 15th looks at whole months
    and comes to the same whenever it is run. Where only days are counted it is the day before.
    """
    return first_of(month_number(evaluation_on)) - _DAY if by_months else evaluation_on - _DAY


def keep_until(rule: KeepRule, schedule: Schedule, on: date) -> date:
    """Until when a rank is kept that was attained or confirmed on a day."""
    match rule:
        case UntilEvaluation(evaluations):
            day = on
            for _ in range(evaluations):
                day = next_evaluation(schedule, day)
            return day - _DAY
        case ForMonths(months):
            return end_of(month_number(on) + months)
        case _:
            begins = month_number(on) - (month_number(on) - (rule.start_month - 1)) % 12
            return end_of(begins + 12 * rule.years + 11)


def falls_on(ladder: Ladder, kept_until: date) -> date:
    """The evaluation at which a rank kept until a day is lost, if its criteria are not fulfilled by then."""
    return next_evaluation(ladder.policies.schedule, kept_until + timedelta(days=ladder.policies.grace_days))
