"""Accounts under suspicion let no points go; expired points come back once; what is owed is earned first."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from tests.flows.factories import (
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
    refusal_of,
    state_of,
)

from enishi import audit, ledger
from enishi.flows import expire_points, explain_entry, record_purchases
from enishi.flows.adjust_points import Adjustment, Author, adjust_points
from enishi.flows.freeze_account import FreezeOrder, set_frozen
from enishi.flows.holds import CaptureHold, PlaceHold, change_holds
from enishi.flows.reinstate_points import Reinstatement, reinstate_points
from enishi.flows.transfer_points import Party, Transfer, transfer_points
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.ids import new_id
from enishi.ledger import AdjustmentBeyondLimit
from enishi.purchases import IdempotencyConflict

TODAY = NOW.date()
OWNER = Author("operator:owner", frozenset({"owner"}))
STAFF = Author("operator:staff", frozenset({"staff"}))
FREEZE = FreezeOrder(frozen=True, reason="同じカードが2店で同時に使われた")
FREE = FreezeOrder(frozen=False, reason="本人に確認した")


@pytest.fixture
def context(conn):
    return make_context(conn)


def balance_of(conn, on: date = TODAY) -> ledger.Balance:
    balance = ledger.load_balance(conn, customer_of(conn, "1"), on)
    conn.rollback()
    return balance


def hold(external_id: str) -> PlaceHold:
    return PlaceHold(source="ec", external_id=external_id, identifiers=card("1"), points=10, store="EC")


def gift(sender: str, recipient: str, external_id: str) -> Transfer:
    return Transfer(
        source="app",
        external_id=external_id,
        sender=Party(identifiers=card(sender)),
        recipient=Party(identifiers=card(recipient)),
        points=10,
        store="APP",
    )


def test_no_points_leave_a_frozen_account_and_points_still_come_in(database, conn, context):
    give_points(conn, context, "1", 100)
    give_points(conn, context, "2", 100)
    (held,) = change_holds(conn, context, [hold("H0")], NOW)
    frozen = set_frozen(conn, customer_of(conn, "1"), FREEZE, "operator:owner", NOW)
    assert (frozen.frozen_at, frozen.replayed) == (NOW, False)
    state = state_of(conn)
    (spend,) = record_purchases(conn, context, [make_purchase(identifiers=card("1"), points_to_use=10)], NOW)
    (set_aside,) = change_holds(conn, context, [hold("H1")], NOW)
    (given,) = transfer_points(conn, context, [gift("1", "2", "T1")], "key:app", NOW)
    assert [refusal_of(one)["code"] for one in (spend, set_aside, given)] == ["account-frozen"] * 3
    assert state_of(conn) == state
    (earned,) = record_purchases(conn, context, [make_purchase(11_000, identifiers=card("1"))], NOW)
    (received,) = transfer_points(conn, context, [gift("2", "1", "T2")], "key:app", NOW)
    assert (earned.points_earned, received.points) == (100, 10)
    (captured,) = change_holds(conn, context, [CaptureHold(hold_id=held.hold.hold_id)], NOW)
    assert not isinstance(captured, Refusal)
    assert balance_of(conn).available == 100 - 10 + 100 + 10
    assert_proven(database, context)


def test_an_account_set_free_is_as_it_was_and_both_are_recorded(conn, context):
    give_points(conn, context, "1", 100)
    customer_id = customer_of(conn, "1")
    set_frozen(conn, customer_id, FREEZE, "operator:owner", NOW)
    again = set_frozen(conn, customer_id, FREEZE, "operator:other", NOW + timedelta(hours=1))
    assert (again.frozen_at, again.replayed) == (NOW, True)
    assert set_frozen(conn, customer_id, FREE, "operator:owner", NOW).frozen_at is None
    (spend,) = record_purchases(conn, context, [make_purchase(identifiers=card("1"), points_to_use=10)], NOW)
    assert spend.points_used == 10
    events = [(one.action, one.detail.get("reason")) for one in audit.list_events(conn, None, 10)]
    assert events[:2] == [("account.unfrozen", FREE.reason), ("account.frozen", FREEZE.reason)]


def test_freezing_needs_a_reason_and_somebody(conn, context):
    customer_id = customer_of(conn, "1")
    with pytest.raises(InvalidRequest):
        set_frozen(conn, customer_id, FreezeOrder(frozen=True, reason=" "), "operator:owner", NOW)
    with pytest.raises(NotFound):
        set_frozen(conn, new_id(), FREEZE, "operator:owner", NOW)
    assert context.versions(conn)


@pytest.fixture
def expired(conn, context):
    """An entry with which 80 regular and 20 limited points expired."""
    customer_of(conn, "1")
    for kind, points, last in (("limited", 20, date(2026, 11, 21)), ("regular", 80, date(2026, 11, 21))):
        one = Adjustment(
            source="t",
            external_id=kind,
            identifiers=card("1"),
            points=points,
            reason="gift",
            store="S1",
            kind=kind,  # type: ignore[arg-type]
            expires_on=last,
        )
        adjust_points(conn, context, [one], OWNER, NOW)
    expire_points(conn, context, NOW + timedelta(days=3))
    entry = ledger.list_entries(conn, customer_of(conn, "1"), None, 1)[0]
    conn.rollback()
    assert (entry.type, entry.points) == (ledger.EntryType.EXPIRE, -100)
    return entry


LATER = NOW + timedelta(days=4)


def test_expired_points_are_given_again_by_kind_and_with_a_new_last_day(database, conn, context, expired):
    one = Reinstatement(
        entry_id=expired.entry_id,
        reason="system-failure",
        note="Down on Sunday",
        store="S1",
        expires_on=date(2026, 12, 31),
    )
    done = reinstate_points(conn, context, one, OWNER, LATER)
    explained = explain_entry(conn, context, done.entry_ids[0], "en", with_notes=True)
    assert (explained.steps[-1].label, explained.steps[-1].value) == ("Note (for colleagues)", one.note)
    conn.rollback()
    assert (done.points, len(done.entry_ids), done.expires_on) == (100, 2, date(2026, 12, 31))
    balance = balance_of(conn, on=LATER.date())
    assert (balance.regular, balance.limited) == (80, 20)
    state = state_of(conn)
    assert reinstate_points(conn, context, one, OWNER, LATER) == msgspec.structs.replace(done, replayed=True)
    with pytest.raises(IdempotencyConflict):
        reinstate_points(conn, context, msgspec.structs.replace(one, points=1), OWNER, LATER)
    assert state_of(conn) == state
    assert conn.execute("select sum(points) from ledger.postings where account = 'expired'").fetchone() == (0,)
    conn.rollback()
    assert_proven(database, context)


def test_a_part_of_what_expired_can_be_given_again(database, conn, context, expired):
    one = Reinstatement(entry_id=expired.entry_id, points=30, reason="apology", store="S1")
    reinstate_points(conn, context, one, OWNER, LATER)
    balance = balance_of(conn, on=LATER.date())
    assert (balance.regular, balance.limited) == (10, 20)
    assert_proven(database, context)


@pytest.mark.parametrize(
    ("wrong", "author", "refusal"),
    [
        ({"points": 101}, OWNER, InvalidRequest),
        ({"reason": "because"}, OWNER, InvalidRequest),
        ({"expires_on": date(2026, 11, 23)}, OWNER, InvalidRequest),
        ({"entry_id": "nothing"}, OWNER, NotFound),
        ({}, STAFF, AdjustmentBeyondLimit),
    ],
)
def test_what_can_not_be_given_again_is_refused(conn, context, expired, wrong, author, refusal):
    state = state_of(conn)
    one = Reinstatement(entry_id=expired.entry_id, reason="apology", store="S1")
    with pytest.raises(refusal):
        reinstate_points(conn, context, msgspec.structs.replace(one, **wrong), author, LATER)
    assert state_of(conn) == state


def test_only_what_expired_can_be_given_again(conn, context):
    give_points(conn, context, "1", 100)
    earned = ledger.list_entries(conn, customer_of(conn, "1"), None, 1)[0]
    conn.rollback()
    state = state_of(conn)
    with pytest.raises(NotFound):
        reinstate_points(
            conn, context, Reinstatement(entry_id=earned.entry_id, reason="apology", store="S1"), OWNER, NOW
        )
    assert state_of(conn) == state


def test_a_purchase_whose_points_are_all_owed_is_answered_the_same_each_time(database, conn, context):
    """Known failure 3: a balance below zero breaks no checkout."""
    give_points(conn, context, "1", 100)
    owing = Adjustment(
        source="t", external_id="A", identifiers=card("1"), points=-300, reason="misuse", store="S1", allow_owing=True
    )
    adjust_points(conn, context, [owing], OWNER, NOW)
    receipt = make_purchase(11_000, identifiers=card("1"), occurred_at=NOON)
    (first,) = record_purchases(conn, context, [receipt], NOW)
    assert (first.points_earned, first.awards[0].kind, first.awards[0].expires_on) == (
        100,
        "regular",
        date(2027, 11, 30),
    )
    (again,) = record_purchases(conn, context, [receipt], NOW)
    assert again == msgspec.structs.replace(first, replayed=True)
    assert (balance_of(conn).available, balance_of(conn).owed) == (0, 100)
    assert_proven(database, context)
