"""The SQL with which the books read the schema ``purchases``: receipts that earned points, and figures of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def select_month_figures(
    conn: Connection, first_id: UUID, end_id: UUID, until: datetime | None
) -> tuple[int, int, int, int, int]:
    """Receipts, yen with tax, receipts of customers, yen of these, customers; of purchases with an ID in a range.

    IDs begin with the millisecond in which the purchase occurred. ``until`` leaves out what was recorded later.
    """
    row = conn.execute(
        """
        select
            count(*), coalesce(sum(total_yen), 0)::bigint, count(customer_id),
            coalesce(sum(total_yen) filter (where customer_id is not null), 0)::bigint, count(distinct customer_id)
        from purchases.purchases
        where purchase_id >= %(first)s and purchase_id < %(end)s
        and (%(until)s::timestamptz is null or recorded_at <= %(until)s)
        """,
        {"first": first_id, "end": end_id, "until": until},
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_return_figures(conn: Connection, since: datetime, before: datetime) -> tuple[int, int]:
    """Returns that occurred in a span, and what they refunded, in yen."""
    row = conn.execute(
        """
        select count(*), coalesce(sum(refund_yen), 0)::bigint from purchases.returns
        where occurred_at >= %s and occurred_at < %s
        """,
        (since, before),
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_receipts(
    conn: Connection, purchase_ids: Sequence[UUID]
) -> list[tuple[UUID, str, str, int, int, int, int | None]]:
    """Receipts: ID, tax mode, lines as text, total, points used, points earned, and the total that was claimed.

    The lines are worked out by the reader: json operators of the server parse a line again for each of its values.
    """
    return conn.execute(
        """
        select
            purchases.purchase_id, purchases.tax_mode, purchases.lines::text, purchases.total_yen,
            purchases.points_to_use, coalesce(claims.points_earned, purchases.points_earned), claims.total_yen
        from purchases.purchases
        left join purchases.claims using (purchase_id)
        where purchases.purchase_id = any(%s::uuid[])
        """,
        (uuid_array(purchase_ids),),
        binary=True,
    ).fetchall()
