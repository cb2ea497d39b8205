"""The SQL with which the books read the schema ``purchases``: sales by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from psycopg import Connection


def select_sales_totals(
    conn: Connection, zone: str, through: date, until: datetime | None
) -> list[tuple[date, int, int, int]]:
    """Per month of a zone, through one month: receipts, yen with tax, customers. ``until`` leaves out later records."""
    return conn.execute(
        """
        select
            date_trunc('month', occurred_at at time zone %(zone)s)::date as month, count(*), sum(total_yen)::bigint,
            count(distinct customer_id)
        from purchases.purchases
        where occurred_at < ((%(through)s::date + interval '1 month') at time zone %(zone)s)
        and (%(until)s::timestamptz is null or recorded_at <= %(until)s)
        group by month
        order by month
        """,
        {"zone": zone, "through": through, "until": until},
    ).fetchall()


def stream_earning_receipts(
    conn: Connection, zone: str, through: date, until: datetime | None
) -> Iterator[tuple[date, str, str, int, int]]:
    """Receipts that earned points: month, tax mode, lines as text, total, points used. In no particular order.

    The lines are worked out by the reader: json operators of the server parse a line again for each of its values.
    """
    with conn.cursor(name="earning_receipts") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select
                date_trunc('month', occurred_at at time zone %(zone)s)::date, tax_mode, lines::text, total_yen,
                points_to_use
            from purchases.purchases
            where points_earned > 0 and occurred_at < ((%(through)s::date + interval '1 month') at time zone %(zone)s)
            and (%(until)s::timestamptz is null or recorded_at <= %(until)s)
            """,
            {"zone": zone, "through": through, "until": until},
        )
        yield from cursor
