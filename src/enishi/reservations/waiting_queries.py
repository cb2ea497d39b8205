"""The SQL of the schema ``reservations`` for the waiting list and the calendars of staff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, scalar_row, tuple_row

from enishi.reservations.model import Feed, Wait, WaitState


def _wait(row: dict[str, Any]) -> Wait:
    row["state"] = WaitState(row["state"])
    return Wait(**row)


def insert_wait(conn: Connection, one: Wait) -> bool:
    """Add a place to the waiting list; False when the customer has one for this service and day."""
    cursor = conn.execute(
        """
        insert into reservations.waits (
            wait_id, customer_id, store, service, on_day, opens, closes, choice, state, joined_at, changed_at,
            booking_id
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (customer_id, store, service, on_day) where state in ('waiting', 'offered') do nothing
        """,
        (
            one.wait_id, one.customer_id, one.store, one.service, one.on_day, one.opens, one.closes, one.choice,
            one.state.value, one.joined_at, one.changed_at, one.booking_id,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1


def update_wait(conn: Connection, one: Wait) -> None:
    """Write where a place has got to."""
    conn.execute(
        "update reservations.waits set state = %s, changed_at = %s, booking_id = %s where wait_id = %s",
        (one.state.value, one.changed_at, one.booking_id, one.wait_id),
    )


def select_wait(conn: Connection, wait_id: UUID) -> Wait | None:
    """One place."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select wait_id, customer_id, store, service, on_day, opens, closes, choice, state, joined_at, changed_at,"
            " booking_id from reservations.waits where wait_id = %s",
            (wait_id,),
        ).fetchone()
    return None if row is None else _wait(row)


def select_waits_of_customer(conn: Connection, customer_id: UUID, since: date) -> list[Wait]:
    """The places of a customer for days from ``since`` on that still wait or are offered something."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select wait_id, customer_id, store, service, on_day, opens, closes, choice, state, joined_at, changed_at,"
            " booking_id from reservations.waits"
            " where customer_id = %s and on_day >= %s and state in ('waiting', 'offered') order by on_day, joined_at",
            (customer_id, since),
        )
        return [_wait(row) for row in cursor]


def select_waits_of_days(conn: Connection, store: str, first: date, last: date) -> list[Wait]:
    """Who waits for these days of a store, first come first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select wait_id, customer_id, store, service, on_day, opens, closes, choice, state, joined_at, changed_at,"
            " booking_id from reservations.waits"
            " where store = %s and on_day between %s and %s and state in ('waiting', 'offered')"
            " order by on_day, joined_at, wait_id",
            (store, first, last),
        )
        return [_wait(row) for row in cursor]


def select_awaited_days(conn: Connection, since: date) -> list[tuple[str, date]]:
    """The days of stores, from ``since`` on, that somebody waits for."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "select distinct store, on_day from reservations.waits where state = 'waiting' and on_day >= %s"
            " order by store, on_day",
            (since,),
        ).fetchall()


def select_wait_of_booking(conn: Connection, booking_id: UUID) -> Wait | None:
    """The place that an offer was made to."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select wait_id, customer_id, store, service, on_day, opens, closes, choice, state, joined_at, changed_at,"
            " booking_id from reservations.waits where booking_id = %s",
            (booking_id,),
        ).fetchone()
    return None if row is None else _wait(row)


def select_lapsing_offers(conn: Connection, now: datetime, limit: int) -> list[UUID]:
    """Offers whose time is up."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "select booking_id from reservations.bookings where state = 'offered' and offer_until <= %s"
            " order by offer_until limit %s",
            (now, limit),
        ).fetchall()


def insert_feed(conn: Connection, one: Feed, token_hash: bytes) -> None:
    """Add a calendar address."""
    conn.execute(
        "insert into reservations.feeds (feed_id, token_hash, store, resource, label, created_at, created_by)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (one.feed_id, token_hash, one.store, one.resource, one.label, one.created_at, one.created_by),
    )


def update_feed_revoked(conn: Connection, store: str, feed_id: UUID, now: datetime) -> bool:
    """End a calendar address; False when there is none to end."""
    cursor = conn.execute(
        "update reservations.feeds set revoked_at = %s where feed_id = %s and store = %s and revoked_at is null",
        (now, feed_id, store),
    )
    return cursor.rowcount == 1


def select_feeds(conn: Connection, store: str) -> list[Feed]:
    """The calendar addresses of a store, newest first."""
    with conn.cursor(row_factory=class_row(Feed)) as cursor:
        return cursor.execute(
            "select feed_id, store, resource, label, created_at, created_by, revoked_at from reservations.feeds"
            " where store = %s order by created_at desc limit 200",
            (store,),
        ).fetchall()


def select_feed(conn: Connection, token_hash: bytes) -> Feed | None:
    """The calendar address of a token, if it has not been revoked."""
    with conn.cursor(row_factory=class_row(Feed)) as cursor:
        return cursor.execute(
            "select feed_id, store, resource, label, created_at, created_by, revoked_at from reservations.feeds"
            " where token_hash = %s and revoked_at is null",
            (token_hash,),
        ).fetchone()
