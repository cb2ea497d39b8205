"""How many points of a cohort will be used: the share used at each age, learnt from older cohorts.

The *age* of a movement is the number of months since the month of issue. Of every age, the share is what was used at
it by all cohorts that have reached it, divided by what these were granted; a cohort's expected use is what has been
used plus, for each age still ahead, that share of what it was granted. This is the additive form of the chain ladder:
it adds shares up where the plain one multiplies, so that a young cohort with nothing used yet has an answer.

What no cohort has lived to see is unknown, not nothing: until one has run off, so that nothing of it is outstanding,
the ages beyond all experience get what is missing to the fallback rate. While history is shorter than the settings ask,
that rate of what was granted is expected of every cohort. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from enishi.accounting.model import BackTest, Estimate, PointClass, PointCounts
from enishi.accounting.rules import age_in, month_after, round_half_up
from enishi.accounting.settings_model import AccountingSettings

BACK_TEST_MONTHS = 3
_NOTHING = Fraction(0)


class CohortHistory(Struct, frozen=True):
    """Of one cohort: points granted for good, points used at each age in months, and whether none is left."""

    granted: int
    used_by_age: Mapping[int, int]
    run_off: bool = False


History = Mapping[date, CohortHistory]


def fit(history: History, through: date) -> list[Fraction]:
    """The share used at each age, from what had happened by the end of a month."""
    granted: dict[int, int] = {}
    used: dict[int, int] = {}
    for cohort, one in history.items():
        if one.granted <= 0:
            continue
        for age in range(age_in(through, cohort) + 1):
            granted[age] = granted.get(age, 0) + one.granted
            used[age] = used.get(age, 0) + one.used_by_age.get(age, 0)
    return [Fraction(used[age], granted[age]) for age in sorted(granted)]


def months_of_history(history: History, through: date) -> int:
    """How many months the oldest cohort has been followed, its own included."""
    ages = [age_in(through, cohort) + 1 for cohort, one in history.items() if one.granted > 0]
    return max([0, *ages])


def share_beyond(history: History, shares: list[Fraction], fallback_rate: Decimal) -> Fraction:
    """The share expected to be used at ages that no cohort has reached; nothing once a cohort has run off."""
    if any(one.run_off and one.granted > 0 for one in history.values()):
        return Fraction(0)
    return max(Fraction(0), Fraction(fallback_rate) - sum(shares, Fraction(0)))


def expected_use(
    total: PointCounts, age: int, shares: list[Fraction] | None, fallback_rate: Decimal, beyond: Fraction = _NOTHING
) -> int:
    """Points of a cohort expected to be used in the end: no fewer than were used, no more than still can be.

    ``shares`` None means that history is too short: then ``fallback_rate`` of what was granted. ``beyond`` is the share
    at ages that are not in ``shares``.
    """
    if shares is None:
        expected = round_half_up(Fraction(fallback_rate) * total.granted)
    else:
        ahead = sum(shares[age + 1 :], beyond)
        expected = total.used + round_half_up(ahead * total.granted)
    return max(total.used, min(expected, total.used + max(0, total.outstanding)))


def back_test(history: History, through: date, minimum_months: int) -> BackTest | None:
    """Fit without the last months and hold the prediction of their use against what happened.

    None where the shorter history would not have been used for an estimate either.
    """
    then = month_after(through, -BACK_TEST_MONTHS)
    if months_of_history(history, then) < max(1, minimum_months):
        return None
    shares = fit(history, then)
    predicted, actual = Fraction(0), 0
    for cohort, one in history.items():
        age = age_in(then, cohort)
        if age < 0 or one.granted <= 0:
            continue
        predicted += one.granted * sum(shares[age + 1 : age + 1 + BACK_TEST_MONTHS], Fraction(0))
        actual += sum(one.used_by_age.get(age + later, 0) for later in range(1, BACK_TEST_MONTHS + 1))
    return BackTest(BACK_TEST_MONTHS, round_half_up(predicted), actual)


class Estimator:
    """The estimate of one class at the end of a month, by history where there is enough of it."""

    def __init__(self, point_class: PointClass, history: History, through: date, settings: AccountingSettings) -> None:
        self._class = point_class
        self._history = history
        self._through = through
        self._settings = settings
        self._months = months_of_history(history, through)
        self._shares = fit(history, through) if self._months >= settings.history_months else None
        self._beyond = share_beyond(history, self._shares or [], settings.fallback_use_rate)

    def expected(self, cohort: date, total: PointCounts) -> int:
        """Points of a cohort expected to be used in the end."""
        age = age_in(self._through, cohort)
        return expected_use(total, age, self._shares, self._settings.fallback_use_rate, self._beyond)

    def describe(self, granted: int, expected: int) -> Estimate:
        """What the estimate rests on; ``granted`` and ``expected`` are the sums over all cohorts."""
        share = Fraction(expected, granted) if granted > 0 else Fraction(0)
        ten_thousandths = round_half_up(share * 10_000)
        return Estimate(
            self._class,
            self._shares is not None,
            self._months,
            Decimal(ten_thousandths).scaleb(-4),
            back_test(self._history, self._through, self._settings.history_months),
        )
