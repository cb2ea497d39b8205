"""The arithmetic of the books, exact to the yen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.accounting import PointCounts, YenMovement
from enishi.accounting.estimation import CohortHistory, back_test, expected_use, fit, months_of_history, share_beyond
from enishi.accounting.rules import (
    allocate_to_points,
    month_after,
    move_contract_liability,
    move_provision,
    round_half_up,
    settle,
    share_out,
)

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(5, 2), 3), (Fraction(-5, 2), -2), (Fraction(7, 3), 2), (Fraction(0), 0), (Fraction(-1, 3), 0)],
)
def test_a_half_goes_up(value, rounded):
    assert round_half_up(value) == rounded


@pytest.mark.parametrize(
    ("sales", "points", "price", "to_points"),
    [
        (100_000, 10_000, "0.95", 8_676),
        (100_000, 0, "0.95", 0),
        (0, 10_000, "0.95", 0),
        (-500, 10, "1", 0),
        (1_000, 10, "0", 0),
        (100, 100, "1", 50),
    ],
)
def test_sales_are_allocated_by_stand_alone_prices(sales, points, price, to_points):
    assert allocate_to_points(sales, points, Decimal(price)) == to_points


def test_everything_is_revenue_once_nothing_is_outstanding():
    before = PointCounts(issued=10_000, used=9_000)
    after = PointCounts(issued=10_000, used=9_000, expired=1_000)
    allocated, yen = move_contract_liability((before, 8_676, 9_500, 457), after, 0, 9_000)
    assert allocated == 8_676
    assert yen == YenMovement(opening=457, expired=-457)
    assert yen.closing == 0


def test_returned_points_take_their_part_of_the_allocation_with_them():
    before = PointCounts(issued=10_000)
    after = PointCounts(issued=10_000, returned=2_500)
    allocated, yen = move_contract_liability((before, 8_676, 9_500, 8_676), after, 0, 7_125)
    assert allocated == 6_507
    assert yen == YenMovement(opening=8_676, returned=-2_169)


def test_returning_everything_leaves_nothing():
    """PITFALLS 14: tax and rounding leave no residue of ¥1."""
    counts, allocated, expected, liability = PointCounts(), 0, 0, 0
    for step, (issued, returned) in enumerate([(7, 0), (7, 2), (7, 5), (7, 7)]):
        total = PointCounts(issued=issued, returned=returned)
        opening = (counts, allocated, expected, liability) if step else None
        new_expected = round_half_up(Fraction(95, 100) * total.granted)
        allocated, yen = move_contract_liability(opening, total, 0 if step else 13, new_expected)
        counts, expected, liability = total, new_expected, yen.closing
    assert (allocated, liability) == (0, 0)


def test_a_grant_without_a_sale_is_owed_at_one_yen_a_point_expected_to_be_used():
    first = PointCounts(issued=1_000, used=100)
    assert move_provision(None, first, 950) == YenMovement(issued=950, used=-100)
    second = PointCounts(issued=1_000, used=600, expired=300)
    assert move_provision((first, 950), second, 700) == YenMovement(850, used=-500, expired=-250)
    third = PointCounts(issued=1_000, used=600, expired=300)
    assert move_provision((second, 700), third, 650) == YenMovement(100, remeasured=-50)


counts = st.integers(0, 100_000)


@given(
    steps=st.lists(st.tuples(counts, counts, counts, counts, st.integers(0, 10_000_000)), min_size=1, max_size=6),
    rate=st.fractions(0, 1),
)
def test_opening_plus_movements_is_closing_and_the_liability_never_turns_negative(steps, rate):
    """Whatever happens to a cohort, its liability lies between nothing and what was allocated to it."""
    total, allocated, expected, liability = PointCounts(), 0, 0, 0
    for step, (issued, used, expired, returned, newly) in enumerate(steps):
        before = total
        total = total.plus(PointCounts(issued=issued))
        total = total.plus(PointCounts(returned=min(returned, total.outstanding)))
        total = total.plus(PointCounts(used=min(used, total.outstanding)))
        total = total.plus(PointCounts(expired=min(expired, total.outstanding)))
        new_expected = expected_use(total, 0, None, Decimal(float(rate)))
        opening = (before, allocated, expected, liability) if step else None
        allocated, yen = move_contract_liability(opening, total, newly, new_expected)
        assert yen.opening == liability
        assert 0 <= yen.closing <= allocated
        if total.outstanding == 0:
            assert yen.closing == 0
        expected, liability = new_expected, yen.closing


def test_the_estimate_adds_the_shares_of_the_ages_ahead():
    history = {
        JANUARY: CohortHistory(1_000, {0: 100, 1: 300, 2: 200}),
        FEBRUARY: CohortHistory(2_000, {0: 300, 1: 500}),
        MARCH: CohortHistory(1_000, {0: 200}),
    }
    shares = fit(history, MARCH)
    assert shares == [Fraction(600, 4_000), Fraction(800, 3_000), Fraction(200, 1_000)]
    assert months_of_history(history, MARCH) == 3
    new = PointCounts(issued=1_000, used=200)
    assert expected_use(new, 0, shares, Decimal(1)) == 200 + 467
    old = PointCounts(issued=1_000, used=600)
    assert expected_use(old, 2, shares, Decimal(1)) == 600


def test_what_no_cohort_has_lived_to_see_is_unknown_and_not_nothing():
    history = {JANUARY: CohortHistory(1_000, {0: 100, 1: 300}), FEBRUARY: CohortHistory(1_000, {0: 100})}
    shares = fit(history, FEBRUARY)
    assert share_beyond(history, shares, Decimal("0.95")) == Fraction(95, 100) - Fraction(1, 10) - Fraction(3, 10)
    assert share_beyond(history, shares, Decimal("0.2")) == 0
    old = PointCounts(issued=1_000, used=400)
    assert expected_use(old, 1, shares, Decimal(1), Fraction(55, 100)) == 950
    run_off = history | {JANUARY: CohortHistory(1_000, {0: 100, 1: 300}, run_off=True)}
    assert share_beyond(run_off, shares, Decimal("0.95")) == 0


def test_no_more_is_expected_to_be_used_than_still_can_be():
    shares = [Fraction(1, 2), Fraction(1, 2)]
    total = PointCounts(issued=1_000, used=500, expired=450)
    assert expected_use(total, 0, shares, Decimal(1)) == 550
    assert expected_use(total, 0, None, Decimal("0.95")) == 550


def test_the_back_test_holds_a_shorter_history_against_what_happened():
    """Cohorts used 10 % in their first month and 20 % in the second; the fourth month was twice as busy."""
    history = {
        date(2025, 10, 1): CohortHistory(1_000, {0: 100, 1: 200}),
        date(2025, 11, 1): CohortHistory(1_000, {0: 100, 1: 200}),
        date(2025, 12, 1): CohortHistory(1_000, {0: 100, 1: 400}),
        MARCH: CohortHistory(5_000, {0: 500}),
    }
    tested = back_test(history, MARCH, 3)
    assert tested is not None
    assert (tested.months, tested.predicted_points, tested.actual_points) == (3, 200, 400)
    assert tested.error_percent == Decimal("-50.0")
    assert back_test(history, MARCH, 4) is None


def test_pairs_of_stores_settle_to_the_yen():
    used = {("A", "B"): 3, ("B", "A"): 1, ("A", "C"): 1, ("", "C"): 5, ("C", "C"): 7}
    pairs, stores = settle(used, Decimal("0.5"))
    assert [(one.debtor, one.creditor, one.debtor_points, one.creditor_points, one.net_yen) for one in pairs] == [
        ("", "C", 5, 0, 3),
        ("A", "B", 3, 1, 2),
        ("A", "C", 1, 0, 0),
    ]
    assert [(one.store, one.own_points, one.net_yen) for one in stores] == [
        ("", 0, -3),
        ("A", 0, -2),
        ("B", 0, 2),
        ("C", 7, 3),
    ]


stores = st.sampled_from(["", "A", "B", "C", "D"])


@given(
    used=st.dictionaries(st.tuples(stores, stores), st.integers(-50, 10_000)),
    price=st.decimals(0, 3, places=3, allow_nan=False),
)
def test_the_nets_of_all_stores_add_up_to_nothing_and_the_pairs_to_the_whole(used, price):
    pairs, positions = settle(used, price)
    assert sum(one.net_yen for one in positions) == 0
    assert all(one.net_yen >= 0 for one in pairs)
    foreign = sum(points for pair, points in used.items() if pair[0] != pair[1])
    assert sum(one.debtor_yen + one.creditor_yen for one in pairs) == round_half_up(foreign * Fraction(price))


@given(st.dictionaries(st.tuples(stores, stores), st.fractions(-100, 10_000)))
def test_shares_are_at_most_a_yen_from_what_is_exact(exact):
    shared = share_out(exact)
    assert sum(shared.values()) == round_half_up(sum(exact.values(), Fraction(0)))
    assert all(abs(shared[key] - exact[key]) < 1 for key in exact)


def test_months_follow_each_other_over_the_year():
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(JANUARY, -1) == date(2025, 12, 1)
    assert month_after(APRIL, -3) == JANUARY
