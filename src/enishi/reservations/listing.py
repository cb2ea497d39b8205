"""Reading bookings and the waiting list."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.reservations import queries, waiting_queries
from enishi.reservations.model import Booking, BookingEvent, Wait
from enishi.reservations.service import load_booking

__all__ = [
    "list_awaited_days",
    "list_bookings",
    "list_bookings_of",
    "list_lapsing_offers",
    "list_waits",
    "list_waits_of",
    "load_booking",
    "load_events",
    "load_wait",
]


def list_bookings(conn: Connection, store: str, first: date, last: date) -> list[Booking]:
    """A store's bookings of these days, whatever has become of them, by beginning."""
    return queries.select_bookings_of_days(conn, store, first, last)


def list_bookings_of(conn: Connection, customer_id: UUID, limit: int = 50) -> list[Booking]:
    """A customer's bookings, the latest to begin first."""
    return queries.select_bookings_of_customer(conn, customer_id, limit)


def load_events(conn: Connection, booking_id: UUID) -> list[BookingEvent]:
    """What has happened to a booking, oldest first."""
    return queries.select_events(conn, booking_id)


def list_waits(conn: Connection, store: str, first: date, last: date) -> list[Wait]:
    """Who waits for these days of a store, first come first."""
    return waiting_queries.select_waits_of_days(conn, store, first, last)


def list_waits_of(conn: Connection, customer_id: UUID, since: date) -> list[Wait]:
    """What a customer waits for, from a day on."""
    return waiting_queries.select_waits_of_customer(conn, customer_id, since)


def load_wait(conn: Connection, wait_id: UUID) -> Wait:
    """A place in the waiting list. Refuses ``NotFound``."""
    found = waiting_queries.select_wait(conn, wait_id)
    if found is None:
        raise NotFound("There is no such place in the waiting list.", field="wait_id")
    return found


def list_awaited_days(conn: Connection, since: date) -> list[tuple[str, date]]:
    """The days of stores, from a day on, that somebody waits for."""
    return waiting_queries.select_awaited_days(conn, since)


def list_lapsing_offers(conn: Connection, now: datetime, limit: int = 200) -> list[UUID]:
    """The bookings of offers whose time is up."""
    return waiting_queries.select_lapsing_offers(conn, now, limit)
