"""Booking, changing and settling, on a real database."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from msgspec import structs
from tests.reservations.factories import (
    MEMBER,
    NOW,
    STAFF,
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
from enishi.purchases import IdempotencyConflict
from enishi.reservations import (
    Author,
    BookingNotChangeable,
    BookingState,
    NoReservations,
    NoShowRule,
    SlotNotBookable,
    find_differences,
)


def state_of(conn: psycopg.Connection) -> list[tuple[object, ...]]:
    rows = conn.execute(
        "select booking_id, state, starts_at, revision from reservations.bookings order by 1"
    ).fetchall()
    return (
        rows + conn.execute("select booking_id, lane, from_minute from reservations.occupied order by 1, 2").fetchall()
    )


def hindrances(caught: pytest.ExceptionInfo[SlotNotBookable]) -> list[str]:
    return [one["rule"] for one in caught.value.extra["hindrances"]]


def settle(conn, booking_id, change, author=MEMBER, now=NOW):
    return reservations.settle_booking(conn, booking_id, change, author, now).booking


def test_a_booking_takes_the_service_as_it_was_sold_and_its_repeat_is_the_same(conn):
    publish(conn, salon(services=(service(buffer_minutes=30),)))
    (mari,) = join(conn)
    first = book(conn, mari, at(10), tier="silver", key="one").booking
    again = book(conn, mari, at(10), key="one")
    assert again.replayed
    assert again.booking == first
    assert (first.name_ja, first.price_yen, first.ends_at, first.free_at) == ("カット", 5_500, at(11), at(11, 30))
    assert (first.state, first.tier, first.level, first.settings_version) == (BookingState.BOOKED, "silver", 1, 1)
    with pytest.raises(IdempotencyConflict), conn.transaction():
        book(conn, mari, at(12), key="one")
    assert [one.event for one in reservations.load_events(conn, first.booking_id)] == ["booked"]
    assert find_differences(conn) == []


def test_who_is_asked_for_is_who_is_booked(conn):
    publish(conn, salon(resources=(stylist("a"), stylist("b"), stylist("c", chosen_by_member=False))))
    mari, ken = join(conn, 2)
    assert book(conn, mari, at(10), choice="b").booking.resources == ("b",)
    with pytest.raises(SlotNotBookable) as caught, conn.transaction():
        book(conn, ken, at(10), choice="b")
    assert hindrances(caught) == ["taken"]
    with pytest.raises(NoReservations), conn.transaction():
        book(conn, ken, at(10), choice="c")
    assert book(conn, ken, at(10)).booking.resources == ("a",)


def test_a_refused_booking_leaves_nothing_behind(conn):
    publish(conn, salon(resources=(stylist("a"),), services=(service("cut", "a"),)))
    mari, ken = join(conn, 2)
    book(conn, mari, at(10))
    conn.commit()
    before = state_of(conn)
    for start, rule in ((at(10, 30), "taken"), (at(10, days=40), "horizon")):
        with pytest.raises(SlotNotBookable) as caught, conn.transaction():
            book(conn, ken, start)
        assert hindrances(caught) == [rule]
    with pytest.raises(NoReservations), conn.transaction():
        book(conn, ken, at(10, 7))
    assert state_of(conn) == before


def test_the_database_itself_refuses_a_place_that_is_taken(conn, owner_conn):
    publish(conn, salon())
    mari, ken = join(conn, 2)
    first, second = book(conn, mari, at(10)).booking, book(conn, ken, at(12)).booking
    conn.commit()
    with pytest.raises(psycopg.errors.ExclusionViolation):
        owner_conn.execute(
            "insert into reservations.occupied (booking_id, lane, from_minute, until_minute)"
            " select %s, lane, from_minute + 59, until_minute + 59 from reservations.occupied where booking_id = %s",
            (second.booking_id, first.booking_id),
        )


def test_a_class_of_eight_takes_eight_and_not_nine(conn):
    publish(conn, salon(resources=(stylist("room", capacity=8),), services=(service("cut", "room"),)))
    people = join(conn, 9)
    for one in people[:8]:
        book(conn, one, at(10))
    with pytest.raises(SlotNotBookable), conn.transaction():
        book(conn, people[8], at(10))
    assert find_differences(conn) == []


def test_a_change_moves_the_booking_and_leaves_it_when_the_new_slot_is_taken(conn):
    publish(conn, salon(resources=(stylist("a"),), services=(service("cut", "a"),)))
    mari, ken = join(conn, 2)
    mine, other = book(conn, mari, at(10)).booking, book(conn, ken, at(15)).booking
    conn.commit()

    def move(to, now=NOW, author=MEMBER):
        return reservations.change_booking(conn, mine.booking_id, to, choice="", rank=rank(), author=author, now=now)

    with pytest.raises(SlotNotBookable), conn.transaction():
        move(other.starts_at)
    assert reservations.load_booking(conn, mine.booking_id) == mine
    # The new time overlaps the old: one's own booking does not stand in the way.
    moved = move(at(10, 30)).booking
    assert (moved.starts_at, moved.ends_at, moved.revision) == (at(10, 30), at(11, 30), 1)
    assert move(at(10, 30)).replayed
    with pytest.raises(BookingNotChangeable), conn.transaction():
        move(at(12), now=at(12, days=6))
    assert move(at(12), now=at(12, days=6), author=STAFF).booking.starts_at == at(12)
    assert find_differences(conn) == []


def test_cancelling_frees_the_slot_and_after_the_deadline_it_is_late(conn):
    publish(conn, salon(resources=(stylist("a"),), services=(service("cut", "a"),)))
    mari, ken = join(conn, 2)
    first = book(conn, mari, at(10)).booking
    assert settle(conn, first.booking_id, "cancel").state is BookingState.CANCELLED
    second = book(conn, ken, at(10)).booking
    late = at(11, days=6)
    assert settle(conn, second.booking_id, "cancel", now=late).state is BookingState.LATE_CANCELLED
    assert settle(conn, second.booking_id, "cancel", now=late).revision == 1
    third = book(conn, ken, at(14)).booking
    assert settle(conn, third.booking_id, "cancel", STAFF, at(13)).state is BookingState.CANCELLED
    with pytest.raises(BookingNotChangeable), conn.transaction():
        settle(conn, third.booking_id, "arrive", STAFF)
    assert find_differences(conn) == []


def test_who_does_not_come_three_times_is_banned_until_staff_forgive(conn):
    publish(conn, salon(no_show=NoShowRule(count=3, within_days=90, ban_days=30), max_open=5))
    (mari,) = join(conn)
    missed = [book(conn, mari, at(10, days=days)).booking for days in (1, 2, 3)]
    with pytest.raises(BookingNotChangeable), conn.transaction():
        settle(conn, missed[0].booking_id, "no_show", STAFF)
    later = at(12, days=4)
    for one in missed:
        settle(conn, one.booking_id, "no_show", STAFF, later)
    with pytest.raises(SlotNotBookable) as caught, conn.transaction():
        book(conn, mari, at(10, days=10), now=later)
    assert hindrances(caught) == ["banned"]
    assert caught.value.extra["hindrances"][0]["until"] == (at(10, days=33)).isoformat().replace("+00:00", "Z")
    assert book(conn, mari, at(10, days=10), now=later, author=STAFF).booking.state is BookingState.BOOKED
    settle(conn, missed[2].booking_id, "forgive", STAFF, later)
    assert book(conn, mari, at(12, days=11), now=later).booking.state is BookingState.BOOKED
    assert find_differences(conn) == []


def test_a_member_has_so_many_open_bookings_and_none_beside_another(conn):
    publish(conn, salon(max_open=2))
    (mari,) = join(conn)
    book(conn, mari, at(10))
    with pytest.raises(SlotNotBookable) as caught, conn.transaction():
        book(conn, mari, at(10, 30))
    assert hindrances(caught) == ["own_booking"]
    book(conn, mari, at(12))
    with pytest.raises(SlotNotBookable) as caught, conn.transaction():
        book(conn, mari, at(14))
    assert hindrances(caught) == ["max_open"]


def test_arriving_and_done_lead_on_and_again_change_nothing(conn):
    publish(conn, salon())
    (mari,) = join(conn)
    one = book(conn, mari, at(10)).booking
    assert settle(conn, one.booking_id, "arrive", STAFF, at(9, 55)).state is BookingState.ARRIVED
    assert settle(conn, one.booking_id, "arrive", STAFF, at(9, 56)).revision == 1
    assert settle(conn, one.booking_id, "done", STAFF, at(11)).state is BookingState.DONE
    assert [event.event for event in reservations.load_events(conn, one.booking_id)] == ["booked", "arrived", "done"]


def test_availability_shows_each_customer_what_stands_against_it(conn):
    publish(conn, salon(quotas=(quota(None, opens=1_080),)))
    (mari,) = join(conn)

    def see(tier, days=7):
        found = reservations.find_slots(
            conn, STORE, "cut", [TODAY + timedelta(days=days)], customer_id=mari, rank=rank(tier), now=NOW
        )
        return {slot.start: [one.rule.value for one in slot.hindrances] for slot in found.days[0][1]}

    assert see("silver")[1_080] == ["quota"]
    assert see("silver")[600] == []
    assert see("gold")[1_080] == []
    assert see("silver", days=3)[1_080] == []


def test_a_capacity_that_shrinks_takes_no_more_and_keeps_what_it_has(conn):
    wide = salon(resources=(stylist("room", capacity=3),), services=(service("cut", "room"),))
    publish(conn, wide)
    people = join(conn, 4)
    for one in people[:2]:
        book(conn, one, at(10))
    publish(conn, structs.replace(wide, resources=(stylist("room", capacity=2),)), based_on=1)
    with pytest.raises(SlotNotBookable), conn.transaction():
        book(conn, people[2], at(10))
    assert len(reservations.list_bookings(conn, STORE, TODAY, TODAY + timedelta(days=30))) == 2
    assert find_differences(conn) == []


def test_a_booking_that_lost_its_place_shows_in_the_proof(conn, owner_conn):
    publish(conn, salon())
    (mari,) = join(conn)
    one = book(conn, mari, at(10), author=Author("key:test", "api")).booking
    conn.commit()
    owner_conn.execute("delete from reservations.occupied")
    owner_conn.execute(
        "update reservations.bookings set quotas = %s::jsonb",
        ('[{"quota": "gold", "total": 40, "held": 38, "used": 2, "own": 2}]',),
    )
    owner_conn.commit()
    assert [(about, field) for about, field, _, _ in find_differences(conn)] == [
        (str(one.booking_id), "places occupied [number, from, until]"),
        (str(one.booking_id), "quota gold: slots for others"),
    ]
