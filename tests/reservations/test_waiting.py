"""A slot that frees is kept for the first in line, then for the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.reservations.factories import (
    KEYRING,
    MEMBER,
    NOW,
    STORE,
    TODAY,
    at,
    join,
    publish,
    quota,
    salon,
    service,
    stylist,
    wish,
)

from enishi import audit, flows, messaging, reservations
from enishi.flows import PurchaseContext
from enishi.kit.errors import NotFound
from enishi.reservations import BookingState, SlotNotBookable, WaitingListFull, WaitState, find_differences

ONE = {"resources": (stylist("a"),), "services": (service("cut", "a"),)}
ON = TODAY + timedelta(days=7)
CONTEXT = PurchaseContext(KEYRING)


def wait(conn, customer_id, window=(600, 1_200), now=NOW):
    return flows.wait_for_slot(conn, customer_id, STORE, "cut", on=ON, window=window, author=MEMBER, now=now)


def book(conn, customer_id, starts_at):
    return flows.book_slot(conn, CONTEXT, wish(customer_id, starts_at), MEMBER, NOW).booking


def waits(conn, customer_id):
    return [(one.state, one.booking_id) for one in reservations.list_waits_of(conn, customer_id, TODAY)]


def topics(conn):
    return [row[0] for row in conn.execute("select topic from outbox.events order by event_id")]


def test_what_is_cancelled_is_offered_to_the_first_in_line_in_the_same_breath(conn):
    publish(conn, salon(**ONE))
    mari, ken, yui, aki = join(conn, 4)
    taken = book(conn, mari, at(10))
    # Ken wants an evening; Yui came after him, and wants a morning.
    wait(conn, ken, (1_080, 1_200))
    wait(conn, yui, (600, 630))
    wait(conn, aki, (600, 630), NOW + timedelta(minutes=1))
    flows.settle_slot(conn, CONTEXT, taken.booking_id, "cancel", author=MEMBER, now=NOW)
    ((state, offered),) = waits(conn, yui)
    assert state is WaitState.OFFERED
    offer = reservations.load_booking(conn, offered)
    assert (offer.state, offer.starts_at, offer.offer_until) == (
        BookingState.OFFERED, at(10), NOW + timedelta(minutes=60),
    )  # fmt: skip
    assert waits(conn, aki) == [(WaitState.WAITING, None)]
    with pytest.raises(SlotNotBookable), conn.transaction():
        book(conn, aki, at(10))
    (message, *_) = [one for one in messaging.list_recent(conn, KEYRING, limit=5) if "10:00" in one.body]
    assert message.to == "member2@example.com"
    accepted = flows.settle_slot(conn, CONTEXT, offered, "accept", author=MEMBER, now=NOW).booking
    assert (accepted.state, accepted.offer_until) == (BookingState.BOOKED, None)
    assert waits(conn, yui) == []
    # Ken's evening was free all along, so he got his offer then, too.
    assert topics(conn) == [
        "reservation.booked", "reservation.cancelled", "reservation.offered", "reservation.offered",
        "reservation.booked",
    ]  # fmt: skip
    assert find_differences(conn) == []


def test_an_offer_that_is_not_taken_goes_on_to_the_next(conn):
    publish(conn, salon(**ONE))
    mari, ken, yui = join(conn, 3)
    taken = book(conn, mari, at(10))
    wait(conn, ken, (600, 630))
    wait(conn, yui, (600, 630), NOW + timedelta(minutes=1))
    flows.settle_slot(conn, CONTEXT, taken.booking_id, "cancel", author=MEMBER, now=NOW)
    conn.commit()
    assert flows.serve_waiting_lists(conn, CONTEXT, NOW + timedelta(minutes=59)) == 0
    assert flows.serve_waiting_lists(conn, CONTEXT, NOW + timedelta(minutes=60)) == 1
    assert waits(conn, ken) == []
    assert waits(conn, yui)[0][0] is WaitState.OFFERED
    # And from her, who gives it up, back to everybody.
    (place,) = reservations.list_waits_of(conn, yui, TODAY)
    left, _ = flows.leave_waiting_list(
        conn, CONTEXT, place.wait_id, yui, author=MEMBER, now=NOW + timedelta(minutes=70)
    )
    assert left.state is WaitState.LEFT
    assert book(conn, ken, at(10)).state is BookingState.BOOKED
    assert find_differences(conn) == []


def test_who_may_not_book_what_is_free_is_passed_over_and_keeps_the_place(conn, monkeypatch):
    levels = {"gold": 2}
    publish(conn, salon(**ONE, quotas=(quota(None),)))
    mari, ken, yui = join(conn, 3)
    held = {mari: "gold", yui: "gold"}
    monkeypatch.setattr(
        "enishi.flows.reserve_slots.rank_of",
        lambda _conn, one, _now: reservations.Rank(levels, held.get(one, ""), levels.get(held.get(one, ""))),
    )
    taken = book(conn, mari, at(10))
    wait(conn, ken, (600, 630))
    wait(conn, yui, (600, 630), NOW + timedelta(minutes=1))
    flows.settle_slot(conn, CONTEXT, taken.booking_id, "cancel", author=MEMBER, now=NOW)
    assert waits(conn, ken) == [(WaitState.WAITING, None)]
    assert waits(conn, yui)[0][0] is WaitState.OFFERED


def test_one_waits_once_for_a_day_and_no_more_than_the_store_allows(conn):
    publish(conn, salon(**ONE, max_waiting=1))
    mari, ken = join(conn, 2)
    first, is_new = wait(conn, mari)
    assert is_new
    assert wait(conn, mari) == (first, False)
    with pytest.raises(WaitingListFull), conn.transaction():
        wait(conn, ken)
    for changes in (True, False):
        left, changed = flows.leave_waiting_list(conn, CONTEXT, first.wait_id, mari, author=MEMBER, now=NOW)
        assert (left.state, changed) == (WaitState.LEFT, changes)
    recorded = [one for one in reversed(audit.list_events(conn, None, 9)) if one.target == f"customer:{mari}"]
    assert [(one.action, one.actor) for one in recorded] == [
        ("reservation.waiting", "member:test"),
        ("reservation.left", "member:test"),
    ]
    with pytest.raises(NotFound), conn.transaction():
        flows.leave_waiting_list(conn, CONTEXT, first.wait_id, ken, author=MEMBER, now=NOW)
