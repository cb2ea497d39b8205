"""Windows, evaluations and how long a rank is kept, by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.ranks import (
    CalendarPeriod,
    ForMonths,
    JoinYear,
    Ladder,
    Lifetime,
    MonthlyOn,
    Period,
    Policies,
    RollingDays,
    RollingMonths,
    TierRule,
    UntilEvaluation,
    UntilYearEnd,
    YearlyOn,
)
from enishi.ranks.calendar import (
    falls_on,
    keep_until,
    latest_evaluation,
    looks_at,
    next_evaluation,
    window_begins,
    window_holds_until,
)

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("window", "begins", "until"),
    [
        (RollingMonths(1), date(2026, 11, 1), date(2026, 11, 30)),
        (RollingMonths(6), date(2026, 6, 1), date(2026, 11, 30)),
        (RollingMonths(13), date(2025, 11, 1), date(2026, 11, 30)),
        (RollingDays(1), ON, ON),
        (RollingDays(90), date(2026, 8, 23), ON),
        (CalendarPeriod(Period.MONTH), date(2026, 11, 1), date(2026, 11, 30)),
        (CalendarPeriod(Period.QUARTER), date(2026, 10, 1), date(2026, 12, 31)),
        (CalendarPeriod(Period.QUARTER, 3), date(2026, 9, 1), date(2026, 11, 30)),
        (CalendarPeriod(Period.HALF), date(2026, 7, 1), date(2026, 12, 31)),
        (CalendarPeriod(Period.HALF, 4), date(2026, 10, 1), date(2027, 3, 31)),
        (CalendarPeriod(Period.YEAR), date(2026, 1, 1), date(2026, 12, 31)),
        (CalendarPeriod(Period.YEAR, 4), date(2026, 4, 1), date(2027, 3, 31)),
        (CalendarPeriod(Period.YEAR, 12), date(2025, 12, 1), date(2026, 11, 30)),
        (Lifetime(), date(1, 1, 1), None),
    ],
)
def test_where_a_window_begins_and_until_when_that_stays(window, begins, until):
    assert window_begins(window, ON) == begins
    assert window_holds_until(window, ON) == until


@pytest.mark.parametrize(
    ("joined", "begins", "until"),
    [
        (date(2024, 11, 20), date(2026, 11, 20), date(2027, 11, 19)),
        (date(2024, 11, 21), date(2025, 11, 21), date(2026, 11, 20)),
        (date(2024, 2, 29), date(2026, 2, 28), date(2027, 2, 27)),
    ],
)
def test_a_member_year_begins_with_the_latest_anniversary(joined, begins, until):
    assert window_begins(JoinYear(), ON, joined) == begins
    assert window_holds_until(JoinYear(), ON, joined) == until


def test_evaluations_follow_each_other():
    assert next_evaluation(MonthlyOn(1), date(2026, 11, 30)) == date(2026, 12, 1)
    assert next_evaluation(MonthlyOn(1), date(2026, 12, 1)) == date(2027, 1, 1)
    assert latest_evaluation(MonthlyOn(1), date(2026, 12, 1)) == date(2026, 12, 1)
    assert latest_evaluation(MonthlyOn(15), date(2026, 12, 14)) == date(2026, 11, 15)
    twice = YearlyOn(("02-29", "09-01"))
    assert next_evaluation(twice, date(2026, 9, 1)) == date(2027, 2, 28)
    assert next_evaluation(twice, date(2027, 9, 1)) == date(2028, 2, 29)
    assert latest_evaluation(twice, date(2026, 1, 5)) == date(2025, 9, 1)


@given(
    st.one_of(
        st.builds(MonthlyOn, st.integers(1, 28)),
        st.just(YearlyOn(("04-01",))),
        st.just(YearlyOn(("02-29", "08-31", "12-31"))),
    ),
    st.dates(date(2001, 1, 1), date(2100, 1, 1)),
)
def test_between_two_evaluations_there_is_no_other(schedule, day):
    latest = latest_evaluation(schedule, day)
    assert latest <= day < next_evaluation(schedule, day)
    assert next_evaluation(schedule, latest) == next_evaluation(schedule, day)


def test_an_evaluation_looks_at_whole_months_where_months_are_counted():
    assert looks_at(date(2026, 12, 1), by_months=True) == date(2026, 11, 30)
    assert looks_at(date(2026, 12, 15), by_months=True) == date(2026, 11, 30)
    assert looks_at(date(2026, 12, 15), by_months=False) == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("keep", "schedule", "until"),
    [
        (UntilEvaluation(1), MonthlyOn(1), date(2026, 11, 30)),
        (UntilEvaluation(3), MonthlyOn(1), date(2027, 1, 31)),
        (UntilEvaluation(1), YearlyOn(("04-01",)), date(2027, 3, 31)),
        (ForMonths(1), MonthlyOn(1), date(2026, 12, 31)),
        (ForMonths(12), MonthlyOn(1), date(2027, 11, 30)),
        (UntilYearEnd(0), MonthlyOn(1), date(2026, 12, 31)),
        (UntilYearEnd(1), MonthlyOn(1), date(2027, 12, 31)),
        (UntilYearEnd(1, 4), MonthlyOn(1), date(2028, 3, 31)),
    ],
)
def test_until_when_a_rank_is_kept(keep, schedule, until):
    assert keep_until(keep, schedule, ON) == until


def test_grace_moves_the_evaluation_at_which_a_rank_is_lost():
    def ladder(days: int) -> Ladder:
        lowest = TierRule(code="a", name_ja="a", name_en="a", colour="#000000")
        return Ladder(name="grace", tiers=(lowest,), policies=Policies(grace_days=days))

    assert falls_on(ladder(0), date(2026, 11, 30)) == date(2026, 12, 1)
    assert falls_on(ladder(1), date(2026, 11, 30)) == date(2027, 1, 1)
    assert falls_on(ladder(31), date(2026, 11, 30)) == date(2027, 1, 1)
    assert falls_on(ladder(32), date(2026, 11, 30)) == date(2027, 2, 1)
    assert timedelta(0) == falls_on(ladder(0), date(2026, 12, 15)) - date(2027, 1, 1)
