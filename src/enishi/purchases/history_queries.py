"""The SQL with which history is read again: every purchase once, in the order of time, page by page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.purchases.model import StoredPurchase
from enishi.purchases.queries import purchase_row


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
