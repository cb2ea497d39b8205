"""Lots: what is spent first, what has expired, what activity extends."""

from __future__ import annotations

from datetime import date

import pytest

from enishi.ledger import InsufficientPoints, Kind, Lot, balance_on
from enishi.ledger.rules import earn, earn_and_extend, spend

MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


def regular(expires_on: date, points: int) -> Lot:
    return Lot(Kind.REGULAR, expires_on, points)


def limited(expires_on: date, points: int) -> Lot:
    return Lot(Kind.LIMITED, expires_on, points)


def test_the_lot_that_expires_soonest_is_spent_first_and_limited_before_regular_on_a_tie():
    lots = (limited(MAY, 10), regular(MAY, 20), limited(JUNE, 30))
    after, moves = spend(lots, 35, date(2026, 5, 1))
    assert moves == (limited(MAY, -10), regular(MAY, -20), limited(JUNE, -5))
    assert after == (limited(JUNE, 25),)


def test_a_lot_counts_through_the_end_of_its_last_day_and_not_a_day_longer():
    lots = (regular(MAY, 20), regular(JUNE, 30))
    assert balance_on(lots, MAY).available == 50
    assert balance_on(lots, date(2026, 6, 1)).available == 30
    after, moves = spend(lots, 5, date(2026, 6, 1))
    assert moves == (regular(JUNE, -5),)
    assert after == (regular(MAY, 20), regular(JUNE, 25))


def test_too_large_a_spend_takes_nothing_and_says_what_there_is():
    lots = (regular(MAY, 20), regular(JUNE, 30))
    with pytest.raises(InsufficientPoints) as refusal:
        spend(lots, 31, date(2026, 6, 1))
    assert (refusal.value.extra["available"], refusal.value.extra["requested"]) == (30, 31)


def test_earnings_of_one_day_and_kind_flow_into_one_lot():
    lots, _ = earn((), Kind.REGULAR, 10, JUNE)
    lots, moves = earn(lots, Kind.REGULAR, 5, JUNE)
    assert (lots, moves) == ((regular(JUNE, 15),), (regular(JUNE, 5),))
    lots, _ = earn(lots, Kind.LIMITED, 7, MAY)
    assert lots == (limited(MAY, 7), regular(JUNE, 15))


def test_activity_extends_every_valid_regular_lot_and_no_other():
    lots = (regular(date(2026, 4, 30), 4), limited(MAY, 3), regular(MAY, 20), regular(JUNE, 30))
    after, moves = earn_and_extend(lots, 9, JULY, date(2026, 5, 15))
    assert after == (regular(date(2026, 4, 30), 4), limited(MAY, 3), regular(JULY, 59))
    assert moves == (regular(MAY, -20), regular(JUNE, -30), regular(JULY, 59))
    assert sum(move.points for move in moves) == 9


def test_a_late_receipt_never_moves_an_expiry_back():
    after, moves = earn_and_extend((regular(JULY, 20),), 5, JUNE, date(2026, 5, 15))
    assert (after, moves) == ((regular(JULY, 25),), (regular(JULY, 5),))
