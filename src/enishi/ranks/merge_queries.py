"""The SQL with which months of rank progress go from one customer to another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import date_array, int_array
from enishi.ranks.model import Progress


def move_progress(conn: Connection, giver_id: UUID, taker_id: UUID) -> None:
    """Add a customer's months to another's, and leave nothing in them. Both accounts are locked."""
    conn.execute(
        """
        with given as (
            select month, amount_yen, net_yen, purchases, points_earned, days
            from ranks.progress where customer_id = %(giver)s
        ),
        emptied as (
            update ranks.progress
            set amount_yen = 0, net_yen = 0, purchases = 0, points_earned = 0, days = 0
            where customer_id = %(giver)s
        )
        insert into ranks.progress as held (customer_id, month, amount_yen, net_yen, purchases, points_earned, days)
        select %(taker)s, month, amount_yen, net_yen, purchases, points_earned, days from given
        on conflict (customer_id, month) do update set
            amount_yen = held.amount_yen + excluded.amount_yen,
            net_yen = held.net_yen + excluded.net_yen,
            purchases = held.purchases + excluded.purchases,
            points_earned = held.points_earned + excluded.points_earned,
            days = held.days | excluded.days
        """,
        {"giver": giver_id, "taker": taker_id},
    )


def replace_progress(conn: Connection, customer_id: UUID, rows: Sequence[Progress]) -> None:
    """Write the months of a customer anew; months that are not among these are emptied. The account is locked."""
    conn.execute(
        """
        with fresh as (
            select * from unnest(%(months)s::date[], %(yen)s::bigint[], %(net)s::bigint[], %(purchases)s::int[],
                %(points)s::bigint[], %(days)s::int[])
                as fresh (month, amount_yen, net_yen, purchases, points_earned, days)
        ),
        emptied as (
            update ranks.progress
            set amount_yen = 0, net_yen = 0, purchases = 0, points_earned = 0, days = 0
            where customer_id = %(one)s and month not in (select month from fresh)
        )
        insert into ranks.progress (customer_id, month, amount_yen, net_yen, purchases, points_earned, days)
        select %(one)s, month, amount_yen, net_yen, purchases, points_earned, days from fresh
        on conflict (customer_id, month) do update set
            amount_yen = excluded.amount_yen,
            net_yen = excluded.net_yen,
            purchases = excluded.purchases,
            points_earned = excluded.points_earned,
            days = excluded.days
        """,
        {
            "one": customer_id,
            "months": date_array([one.month for one in rows]),
            "yen": int_array([one.amount_yen for one in rows]),
            "net": int_array([one.net_yen for one in rows]),
            "purchases": int_array([one.purchases for one in rows]),
            "points": int_array([one.points_earned for one in rows]),
            "days": int_array([one.days for one in rows]),
        },
    )
