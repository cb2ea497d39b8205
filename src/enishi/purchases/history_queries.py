"""The SQL with which history is read again: every purchase once, in the order of time, page by page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from enishi.purchases.model import StoredPurchase
from enishi.purchases.queries import purchase_row
from enishi.purchases.returns import ReturnInTime, make_return_in_time


def select_history(conn: Connection, after: UUID, before: UUID, limit: int) -> list[StoredPurchase]:
    """A page of purchases in the order of time: with an ID after ``after`` and below ``before``.

    IDs begin with the millisecond in which a purchase occurred, so the primary key is the order of time.
    """
    with conn.cursor(row_factory=purchase_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from purchases.purchases
            where purchase_id > %s and purchase_id < %s
            order by purchase_id
            limit %s
            """,
            (after, before, limit),
        ).fetchall()


def select_bounds(conn: Connection) -> tuple[datetime, datetime, int] | None:
    """When the first and the last purchase occurred, and how many there are; None before there is one."""
    row = conn.execute(
        """
        select min(occurred_at), max(occurred_at), count(*) from purchases.purchases
        """
    ).fetchone()
    return None if row is None or row[0] is None else row


def select_returns_in_time(conn: Connection, after: UUID, before: UUID, limit: int) -> list[ReturnInTime]:
    """A page of returns of members in the order of time; their IDs begin with the millisecond as those of purchases."""
    with conn.cursor(row_factory=args_row(make_return_in_time)) as cursor:
        return cursor.execute(
            """
            select
                return_id, source, external_id, purchase_id, store, occurred_at, customer_id, lines::text, refund_yen
            from purchases.returns
            where return_id > %s and return_id < %s and customer_id is not null
            order by return_id
            limit %s
            """,
            (after, before, limit),
        ).fetchall()


def select_returners(conn: Connection) -> list[UUID]:
    """Members of whom anything has come back."""
    rows = conn.execute(
        """
        select distinct customer_id from purchases.returns
        where customer_id is not null
        order by customer_id
        """
    ).fetchall()
    return [row[0] for row in rows]


def select_recorded_around(conn: Connection, at: UUID) -> tuple[datetime | None, datetime | None]:
    """When the last purchase below an ID was recorded, and when the first from it on was."""
    row = conn.execute(
        """
        select
            (
                select recorded_at from purchases.purchases
                where purchase_id < %(at)s
                order by purchase_id desc
                limit 1
            ),
            (
                select recorded_at from purchases.purchases
                where purchase_id >= %(at)s
                order by purchase_id
                limit 1
            )
        """,
        {"at": at},
    ).fetchone()
    return row if row is not None else (None, None)
