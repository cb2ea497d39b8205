"""What leaves as iCalendar reads as RFC 5545 asks, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reservations.factories import NOW, STORE, at, book, join, publish, salon

from enishi import reservations
from enishi.kit.errors import NotFound
from enishi.reservations import CalendarEvent, write_calendar
from enishi.reservations.icalendar import escape, fold

EVENT = CalendarEvent(
    event_id=UUID(int=7),
    starts_at=at(10),
    ends_at=at(11),
    changed_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    revision=2,
    summary="カット; シャンプー, ブロー",
    location="渋谷店\n2階",
)


def test_a_booking_in_tokyo_carries_its_zone():
    assert write_calendar("予約", "Asia/Tokyo", [EVENT]).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Enishi//Reservations//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:予約",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Tokyo",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "TZNAME:JST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:00000000-0000-0000-0000-000000000007@reservations.enishi",
        "DTSTAMP:20261124T030000Z",
        "LAST-MODIFIED:20261124T030000Z",
        "SEQUENCE:2",
        "DTSTART;TZID=Asia/Tokyo:20261201T100000",
        "DTEND;TZID=Asia/Tokyo:20261201T110000",
        "SUMMARY:カット\\; シャンプー\\, ブロー",
        "LOCATION:渋谷店\\n2階",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_elsewhere_times_are_in_utc_and_need_no_zone():
    text = write_calendar("x", "Europe/Paris", [EVENT]).decode()
    assert "VTIMEZONE" not in text
    assert "DTSTART:20261201T010000Z\r\n" in text


@given(st.text(max_size=300))
def test_lines_are_folded_to_75_octets_and_unfold_to_what_they_were(text):
    folded = fold(f"SUMMARY:{escape(text)}")
    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == f"SUMMARY:{escape(text)}"


@given(st.text(max_size=100))
def test_no_text_can_begin_a_line_of_its_own(text):
    escaped = escape(text)
    assert not any(letter < " " or letter == "\x7f" for letter in escaped)


def test_a_calendar_address_opens_its_bookings_names_nobody_and_ends_when_revoked(conn):
    publish(conn, salon())
    mari, ken = join(conn, 2)
    book(conn, mari, at(10), choice="a")
    book(conn, ken, at(10), choice="b")
    feed, token = reservations.create_feed(conn, STORE, resource="b", label="B", actor="operator:test", now=NOW)
    assert [one.resources for one in reservations.open_feed(conn, token, NOW).bookings] == [("b",)]
    stored = conn.execute("select token_hash from reservations.feeds").fetchone()
    assert stored is not None
    assert token.encode() not in stored[0]
    reservations.revoke_feed(conn, STORE, feed.feed_id, NOW)
    for refused in (token, "guess"):
        with pytest.raises(NotFound), conn.transaction():
            reservations.open_feed(conn, refused, NOW)
    with pytest.raises(NotFound), conn.transaction():
        reservations.revoke_feed(conn, STORE, feed.feed_id, NOW)
