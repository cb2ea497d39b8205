"""The SQL of the schema ``ranks``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import date_array, int_array, uuid_array
from enishi.ranks.model import Progress


def upsert_progress(conn: Connection, rows: Sequence[Progress]) -> None:
    """Add to the months of customers. Their accounts are locked here, so no two transactions write one row at once."""
    conn.execute(
        """
        insert into ranks.progress as held (customer_id, month, amount_yen, purchases, points_earned)
        select * from unnest(%s::uuid[], %s::date[], %s::bigint[], %s::int[], %s::bigint[])
        on conflict (customer_id, month) do update set
            amount_yen = held.amount_yen + excluded.amount_yen,
            purchases = held.purchases + excluded.purchases,
            points_earned = held.points_earned + excluded.points_earned
        """,
        (
            uuid_array([one.customer_id for one in rows]),
            date_array([one.month for one in rows]),
            int_array([one.amount_yen for one in rows]),
            int_array([one.purchases for one in rows]),
            int_array([one.points_earned for one in rows]),
        ),
    )


def stream_progress(conn: Connection) -> Iterator[tuple[tuple[UUID, date], tuple[int, int, int]]]:
    """Every customer's months, ascending: yen with tax, number of purchases, points earned."""
    with conn.cursor(name="progress") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, month, amount_yen, purchases, points_earned
            from ranks.progress
            order by customer_id, month
            """
        )
        for customer_id, month, yen, count, points in cursor:
            yield (customer_id, month), (yen, count, points)
