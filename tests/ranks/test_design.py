"""Cuts of a ladder are where the wanted shares of members lie, and every member is in exactly one tier."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kit.errors import InvalidRequest
from enishi.ranks import (
    Band,
    CalendarPeriod,
    Cut,
    JoinYear,
    Lifetime,
    Period,
    Proposal,
    RollingDays,
    RollingMonths,
    bands_of,
    propose_cuts,
    span_of,
    tenths_of,
)

_MEMBERS = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=60)
_SHARES = st.sets(st.integers(1, 99), min_size=1, max_size=5).map(sorted)


def test_the_shares_that_were_asked_for_are_cut_off_from_the_top() -> None:
    members = [(value * 100, value * 100) for value in range(1, 101)]
    assert propose_cuts(members, [5, 20, 50]) == Proposal(
        100,
        505_000,
        (Cut(5, 9_600, 9_600, 5, 49_000), Cut(20, 8_100, 8_100, 15, 132_000), Cut(50, 5_100, 5_100, 30, 196_500)),
        50,
        127_500,
    )


def test_a_cut_is_proposed_in_round_numbers_and_its_members_are_those_of_the_round_number() -> None:
    (cut,) = propose_cuts([(12_345, 1), (12_200, 1), (11_900, 1), (5, 1)], [50]).cuts
    assert (cut.exact_value, cut.value, cut.members) == (12_200, 12_000, 2)


def test_members_who_are_equal_are_not_told_apart() -> None:
    proposal = propose_cuts([(10, 1)] * 8 + [(20, 1)] * 2, [50])
    assert [(cut.value, cut.members) for cut in proposal.cuts] == [(20, 2)]
    assert proposal.below_members == 8


def test_nobody_is_lifted_by_having_bought_nothing() -> None:
    assert propose_cuts([(0, 0)] * 9, [10, 50]).cuts == ()
    assert propose_cuts([], [10]) == Proposal(0, 0, (), 0, 0)


@pytest.mark.parametrize("shares", [[], [0], [100], [20, 5], [5, 5]])
def test_shares_that_make_no_tiers_are_refused(shares: list[int]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        propose_cuts([(1, 1)], shares)
    assert refused.value.field == "shares"


@given(_MEMBERS, _SHARES)
def test_every_member_and_every_yen_is_in_exactly_one_tier(members: list[tuple[int, int]], shares: list[int]) -> None:
    proposal = propose_cuts(members, shares)
    assert sum(cut.members for cut in proposal.cuts) + proposal.below_members == len(members)
    assert sum(cut.revenue_yen for cut in proposal.cuts) + proposal.below_revenue_yen == sum(yen for _, yen in members)
    values = [cut.value for cut in proposal.cuts]
    assert values == sorted(set(values), reverse=True)
    assert all(cut.members > 0 and cut.value > 0 for cut in proposal.cuts)


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (RollingMonths(6), date(2026, 5, 1), date(2026, 10, 1)),
        (CalendarPeriod(Period.MONTH), date(2026, 10, 1), date(2026, 10, 1)),
        (CalendarPeriod(Period.QUARTER), date(2026, 7, 1), date(2026, 9, 1)),
        (CalendarPeriod(Period.QUARTER, 2), date(2026, 8, 1), date(2026, 10, 1)),
        (CalendarPeriod(Period.YEAR, 4), date(2025, 4, 1), date(2026, 3, 1)),
        (CalendarPeriod(Period.YEAR, 11), date(2025, 11, 1), date(2026, 10, 1)),
        (Lifetime(), date(1, 1, 1), date(2026, 10, 1)),
    ],
)
def test_the_latest_window_that_is_over_is_looked_at(window, first: date, last: date) -> None:
    assert span_of(window, date(2026, 10, 1)) == (first, last)


@pytest.mark.parametrize("window", [RollingDays(30), JoinYear()])
def test_windows_that_are_not_made_of_months_are_refused(window) -> None:
    with pytest.raises(InvalidRequest) as refused:
        span_of(window, date(2026, 10, 1))
    assert refused.value.field == "window"


def test_a_distribution_has_bands_of_round_width_and_one_that_is_open_above() -> None:
    members = [(0, 0)] * 3 + [(value, value) for value in (100, 250, 900, 1_900, 1_000_000)]
    assert bands_of(members, 4) == (
        Band(0, 3, 0),
        Band(1, 3, 1_250),
        Band(1_000, 1, 1_900),
        Band(2_000, 1, 1_000_000),
    )
    assert bands_of([]) == ()
    assert bands_of([(0, 5)]) == (Band(0, 1, 5),)


def test_tenths_begin_with_those_who_buy_most() -> None:
    members = [(value, value * 10) for value in range(20)]
    tenths = tenths_of(members)
    assert (tenths[0], tenths[-1], len(tenths)) == (Band(18, 2, 370), Band(0, 2, 10), 10)
    assert tenths_of([(5, 1)]) == (Band(5, 1, 1),)


@given(_MEMBERS)
def test_every_member_and_every_yen_is_in_exactly_one_band_and_tenth(members: list[tuple[int, int]]) -> None:
    for parts in (bands_of(members), tenths_of(members)):
        assert sum(one.members for one in parts) == len(members)
        assert sum(one.revenue_yen for one in parts) == sum(yen for _, yen in members)
    edges = [one.from_value for one in bands_of(members)]
    assert edges == sorted(set(edges))
    assert len(edges) <= 22
