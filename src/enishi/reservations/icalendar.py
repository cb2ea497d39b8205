"""Bookings as iCalendar (RFC 5545): lines of 75 octets at most, folded, escaped, ended by CR LF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_TOKYO: Final = "Asia/Tokyo"
_LINE_OCTETS: Final = 75
_TOKYO_ZONE: Final = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Tokyo",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0900",
    "TZNAME:JST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
"""Japan has kept one offset since 1951, so its zone is one rule."""


class CalendarEvent(Struct, frozen=True, kw_only=True):
    """One booking as a calendar shows it. ``is_tentative``: an offer that has not been accepted yet."""

    event_id: UUID
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    revision: int
    summary: str
    location: str = ""
    description: str = ""
    is_tentative: bool = False
    is_cancelled: bool = False


def write_calendar(name: str, zone: str, events: Sequence[CalendarEvent]) -> bytes:
    """A whole calendar. Times of Japan carry their zone; those of others are written in UTC, which needs none."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Enishi//Reservations//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    if zone == _TOKYO:
        lines += _TOKYO_ZONE
    for one in events:
        lines += _event(one, zone)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode()


def _event(one: CalendarEvent, zone: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.event_id}@reservations.enishi"
    yield f"DTSTAMP:{_utc(one.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(one.changed_at)}"
    yield f"SEQUENCE:{one.revision}"
    yield f"DTSTART{_time(one.starts_at, zone)}"
    yield f"DTEND{_time(one.ends_at, zone)}"
    yield f"SUMMARY:{escape(one.summary)}"
    if one.location:
        yield f"LOCATION:{escape(one.location)}"
    if one.description:
        yield f"DESCRIPTION:{escape(one.description)}"
    yield f"STATUS:{'CANCELLED' if one.is_cancelled else 'TENTATIVE' if one.is_tentative else 'CONFIRMED'}"
    yield "END:VEVENT"


def _time(at: datetime, zone: str) -> str:
    if zone == _TOKYO:
        return f";TZID={_TOKYO}:{at.astimezone(ZoneInfo(_TOKYO)):%Y%m%dT%H%M%S}"
    return f":{_utc(at)}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """Text as a property's value: no control character but line breaks is left, and these are written out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in plain if letter == "\n" or (letter >= " " and letter != "\x7f"))
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """A content line broken into pieces of 75 octets at most, never within a character."""
    pieces: list[str] = []
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        # A piece that continues begins with a space, which counts.
        if size + octets > _LINE_OCTETS - (1 if pieces else 0):
            pieces.append(piece)
            piece, size = "", 0
        piece += letter
        size += octets
    pieces.append(piece)
    return "\r\n ".join(pieces)
