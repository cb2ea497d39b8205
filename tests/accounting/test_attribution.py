"""Every point is attributed once, in whole points, to the month, class and store that issued it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.accounting.till import (
    FEBRUARY,
    FIRST,
    HANAKO,
    JANUARY,
    MARCH,
    TARO,
    A,
    B,
    Books,
    Till,
    attribute,
    entry,
    followed,
    steps,
    told,
)

from enishi.accounting import InconsistentJournal, MaterialRight, Movement


def test_within_a_lot_the_oldest_points_go_first():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*A, 10)], FEBRUARY, "S2", 2),
        entry(3, "spend", -15, [(*A, -15)], MARCH, "S3", 3),
    )
    assert told(found) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (2, 2, "material", "issued", "S2", "", 10),
        (3, 1, "material", "used", "S1", "S3", 10),
        (3, 2, "material", "used", "S2", "S3", 5),
    ]


def test_points_whose_expiry_was_extended_keep_their_month_of_issue():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 5, [(*A, -10), (*B, 15)], FEBRUARY, "S2", 2),
        entry(3, "expire", -15, [(*B, -15)], MARCH, ""),
    )
    assert told(found)[2:] == [
        (3, 1, "material", "expired", "S1", "", 10),
        (3, 2, "material", "expired", "S2", "", 5),
    ]


def test_a_return_takes_back_the_points_of_its_own_purchase_first():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*A, 10)], FEBRUARY, "S2", 2),
        entry(3, "take_back", -10, [(*A, -10)], MARCH, "S2", 2),
    )
    assert told(found)[-1] == (3, 2, "material", "returned", "S2", "", 10)


def test_a_return_gives_back_what_its_own_purchase_used_and_the_store_is_no_longer_owed():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*B, 10)], FEBRUARY, "S2", 2),
        entry(3, "spend", -10, [(*A, -10)], MARCH, "S3", 3),
        entry(4, "spend", -10, [(*B, -10)], MARCH, "S4", 4),
        entry(5, "give_back", 10, [(*A, 10)], MARCH, "S3", 3),
    )
    assert [one for one in told(found) if one[3] == "used"] == [(3, 2, "material", "used", "S2", "S4", 10)]
    assert [(one.cohort, one.points) for one in found.held_points()] == [(JANUARY, 10)]


def test_points_on_hold_are_still_owed_and_keep_their_month_of_issue():
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "hold", -6, [(*A, -6)], FEBRUARY, "S2"),
    ]
    found = attribute(*entries)
    assert [(one.cohort, one.points) for one in found.held_points()] == [(JANUARY, 10)]
    found = attribute(
        *entries,
        entry(3, "release", 6, [(*A, 6)], MARCH, "S2"),
        entry(4, "spend", -6, [(*A, -6)], MARCH, "S2", 9),
    )
    assert told(found)[-1] == (3, 1, "material", "used", "S1", "S2", 6)


def test_owed_points_are_of_the_purchase_that_was_returned_and_paying_them_is_no_new_promise():
    """PITFALLS 3: goods returned after their points were spent."""
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "spend", -10, [(*A, -10)], FEBRUARY, "S1", 2),
        entry(3, "take_back", -10, [], FEBRUARY, "S1", 1),
    ]
    found = attribute(*entries)
    assert told(found)[1:] == [
        (2, 1, "material", "returned", "S1", "", 10),
        (2, 1, "material", "used", "S1", "S1", 10),
    ]
    found = attribute(*entries, entry(4, "earn", 25, [(*B, 15)], MARCH, "S2", 4))
    assert told(found)[-2:] == [(3, 1, "material", "issued", "S1", "", 10), (3, 3, "material", "issued", "S2", "", 15)]
    assert [(one.cohort, one.points) for one in found.held_points()] == [(MARCH, 15)]


def test_transferred_points_keep_their_month_of_issue_whoever_comes_first():
    out = structs.replace(entry(2, "transfer_out", -6, [(*A, -6)], FEBRUARY, customer=TARO), recorded_at=FIRST)
    back = structs.replace(entry(1, "transfer_in", 5, [(*A, 5)], FEBRUARY, customer=HANAKO), recorded_at=FIRST)
    found = attribute(
        back,
        entry(2, "spend", -5, [(*A, -5)], MARCH, "S9", 5),
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1, TARO),
        out,
    )
    assert told(found) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (2, 1, "material", "adjusted", "S1", "", 1),
        (3, 1, "material", "used", "S1", "S9", 5),
    ]


def test_grants_without_a_sale_and_points_that_are_no_material_right_are_apart():
    entries = [
        entry(1, "adjust", 3, [(*A, 3)], JANUARY, ""),
        entry(2, "reinstate", 4, [(*A, 4)], JANUARY, ""),
        entry(3, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
    ]
    assert told(attribute(*entries)) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (1, 1, "other", "issued", "", "", 7),
    ]
    assert {one[2] for one in told(attribute(*entries, rule=MaterialRight.NONE))} == {"other"}


def test_an_entry_recorded_after_the_instant_hides_all_that_follow_it_in_its_account():
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        structs.replace(entry(2, "earn", 5, [(*A, 5)], JANUARY, "S1", 2), recorded_at=FIRST + timedelta(hours=1)),
        entry(3, "spend", -15, [(*A, -15)], JANUARY, "S1", 3),
    ]
    attribution = Books(until=FIRST + timedelta(minutes=30))
    attribution.follow(followed(entries))
    assert told(attribution) == [(1, 1, "material", "issued", "S1", "", 10)]


def test_a_journal_that_takes_what_was_never_there_is_refused():
    with pytest.raises(InconsistentJournal):
        attribute(entry(1, "spend", -1, [(*A, -1)]))


def test_a_use_that_occurred_before_the_issue_counts_with_the_issue():
    """PITFALLS 9: an offline terminal reports late, and uses what was earned meanwhile."""
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], MARCH, "S1", 1), entry(2, "spend", -4, [(*A, -4)], FEBRUARY, "S1", 2)
    )
    assert told(found)[-1] == (3, 3, "material", "used", "S1", "S1", 4)


@given(steps)
def test_what_is_left_of_all_cohorts_is_what_the_members_have(history):
    """Against the ledger's own accounts: nothing is attributed twice, and nothing is lost."""
    till = Till()
    for action, who, points, pick in history:
        till.do(action, who, points, pick)
    entries = sorted(till.entries, key=lambda one: (one.customer_id, one.seq))
    found = attribute(*entries)
    sums: Counter[Movement] = Counter()
    for (_, key), points in found.points.items():
        sums[key.movement] += points
        assert isinstance(points, int)
    on_hold = sum(lot.points for _, lots in till.holds for lot in lots)
    outstanding = sums[Movement.ISSUED] - sum(points for kind, points in sums.items() if kind is not Movement.ISSUED)
    assert outstanding == sum(one.balance for one in till.accounts.values()) + on_hold
    held: Counter[UUID] = Counter()
    for one in found.held_points():
        held[one.customer_id] += one.points
    for customer_id, account in till.accounts.items():
        own_holds = sum(lot.points for owner, lots in till.holds if owner == customer_id for lot in lots)
        assert held[customer_id] == account.balance + own_holds
    if not any(account.owed for account in till.accounts.values()):
        assert all(one.points >= 0 for one in found.held_points())
    spent = sum(-one.points for one in entries if one.entry_type == "spend")
    given_back = sum(one.points for one in entries if one.entry_type == "give_back")
    assert sums[Movement.USED] == spent - given_back


@given(steps, st.integers(0, 40))
def test_adding_to_the_journal_never_changes_what_was_attributed_before(history, cut):
    """What a close has booked stays as it was, so the next close books the difference and nothing else."""
    till, known = Till(), []
    for number, (action, who, points, pick) in enumerate(history):
        till.do(action, who, points, pick)
        if number == cut:
            known = list(till.entries)
    order = lambda one: (one.customer_id, one.seq)  # noqa: E731 - one key for both
    until = FIRST + timedelta(seconds=min(cut + 1, len(history)))
    later = Books(until=until)
    later.follow(followed(sorted(till.entries, key=order)))
    later.finish()
    before = attribute(*sorted(known if cut < len(history) else till.entries, key=order))
    assert later.points == before.points
