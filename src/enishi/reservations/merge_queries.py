"""The SQL with which bookings that are still to come go from one customer to another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def hand_over_bookings(
    conn: Connection, giver_id: UUID, taker_id: UUID, only: Sequence[UUID] | None = None
) -> list[UUID]:
    """Make a customer's open bookings another's; ``only`` these. Returns which they were."""
    rows = conn.execute(
        """
        update reservations.bookings set customer_id = %(taker)s
        where
            customer_id = %(giver)s and state in ('offered', 'booked')
            and (%(all)s or booking_id = any(%(ids)s::uuid[]))
        returning booking_id
        """,
        {"giver": giver_id, "taker": taker_id, "all": only is None, "ids": uuid_array(only or ())},
    ).fetchall()
    return [booking_id for (booking_id,) in rows]


def hand_over_waits(conn: Connection, giver_id: UUID, taker_id: UUID, only: Sequence[UUID] | None = None) -> list[UUID]:
    """Make a customer's places on waiting lists another's; ``only`` these. Returns which they were.

    A place for which the other waits already stays: who waits twice is offered once.
    """
    rows = conn.execute(
        """
        update reservations.waits as wait set customer_id = %(taker)s
        where
            customer_id = %(giver)s and state in ('waiting', 'offered')
            and (%(all)s or wait_id = any(%(ids)s::uuid[]))
            and not exists (
                select from reservations.waits as own
                where
                    own.customer_id = %(taker)s and own.store = wait.store and own.service = wait.service
                    and own.on_day = wait.on_day and own.state in ('waiting', 'offered')
            )
        returning wait_id
        """,
        {"giver": giver_id, "taker": taker_id, "all": only is None, "ids": uuid_array(only or ())},
    ).fetchall()
    return [wait_id for (wait_id,) in rows]
