"""Many at once: exactly as many get in as there is room, and what a quota holds stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from tests.reservations.factories import (
    MEMBER,
    NOW,
    STORE,
    TODAY,
    at,
    book,
    join,
    publish,
    quota,
    rank,
    salon,
    service,
    stylist,
)

from enishi import reservations
from enishi.reservations import Booked, SlotNotBookable, find_differences

CALLERS = 32


def all_at_once(database, calls):
    """Make all calls at the same time, each on a connection of its own."""
    gate = Barrier(len(calls))

    def run(call):
        with psycopg.connect(database.app_dsn, options="-c timezone=UTC") as conn:
            gate.wait()
            try:
                return call(conn)
            except SlotNotBookable as refusal:
                conn.rollback()
                return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def booked(outcomes):
    return [one.booking for one in outcomes if isinstance(one, Booked)]


@pytest.mark.parametrize("capacity", [1, 8])
def test_of_thirty_two_bookings_of_one_slot_exactly_as_many_succeed_as_it_has_places(database, conn, capacity):
    publish(conn, salon(resources=(stylist("room", capacity=capacity),), services=(service("cut", "room"),)))
    people = join(conn, CALLERS)
    conn.commit()
    outcomes = all_at_once(database, [lambda own, one=one: book(own, one, at(10)) for one in people])
    assert len(booked(outcomes)) == capacity
    assert find_differences(conn) == []


def test_one_booking_sent_thirty_two_times_at_once_is_made_once(database, conn):
    publish(conn, salon())
    (mari,) = join(conn)
    conn.commit()
    outcomes = all_at_once(database, [lambda own: book(own, mari, at(10), key="one")] * CALLERS)
    assert len({one.booking_id for one in booked(outcomes)}) == 1
    assert sum(one.replayed for one in outcomes) == CALLERS - 1


def test_a_member_who_books_everywhere_at_once_gets_as_many_as_are_allowed(database, conn):
    publish(conn, salon(max_open=3))
    (mari,) = join(conn)
    conn.commit()
    calls = [lambda own, days=days: book(own, mari, at(10, days=days)) for days in range(1, 13)]
    assert len(booked(all_at_once(database, calls))) == 3


def test_what_a_quota_holds_is_not_given_to_others_however_many_ask_at_once(database, conn):
    # Eight places for ten hours on a grid of 30 minutes are 160 slots; all but ten are held: five cuts for others.
    publish(
        conn,
        salon(resources=(stylist("room", capacity=8),), services=(service("cut", "room"),), quotas=(quota(150),)),
    )
    people = join(conn, CALLERS)
    conn.commit()
    calls = [
        lambda own, one=one, place=place: book(own, one, at(10 + place % 9), tier="gold" if place % 2 else "silver")
        for place, one in enumerate(people)
    ]
    got = booked(all_at_once(database, calls))
    assert sum(one.tier == "silver" for one in got) == 5
    assert sum(one.tier == "gold" for one in got) == 16
    assert len(reservations.list_bookings(conn, STORE, TODAY, at(0, days=30).date())) == 21
    assert find_differences(conn) == []


def test_changes_across_days_in_both_directions_do_not_wait_in_a_ring(database, conn):
    publish(conn, salon())
    people = join(conn, 8)
    held = [book(conn, one, at(10 + place, days=3 + place % 2)).booking for place, one in enumerate(people)]
    conn.commit()

    def move(own, one):
        to = at(one.starts_at.hour + 9, days=4 - (one.starts_at.date() != held[0].starts_at.date()))

        return reservations.change_booking(own, one.booking_id, to, choice="", rank=rank(), author=MEMBER, now=NOW)

    outcomes = all_at_once(database, [lambda own, one=one: move(own, one) for one in held])
    assert len(booked(outcomes)) == 8
    assert find_differences(conn) == []
