"""The SQL of ``ranks.progress``: what was bought, by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import date_array, int_array, uuid_array
from enishi.ranks.model import Progress


def upsert_progress(conn: Connection, rows: Sequence[Progress]) -> None:
    """Add to the months of customers. Their accounts are locked here, so no two transactions write one row at once."""
    conn.execute(
        """
        insert into ranks.progress as held (
            customer_id, month, amount_yen, net_yen, purchases, points_earned, days
        )
        select * from unnest(%s::uuid[], %s::date[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::int[])
        on conflict (customer_id, month) do update set
            amount_yen = held.amount_yen + excluded.amount_yen,
            net_yen = held.net_yen + excluded.net_yen,
            purchases = held.purchases + excluded.purchases,
            points_earned = held.points_earned + excluded.points_earned,
            days = held.days | excluded.days
        """,
        (
            uuid_array([one.customer_id for one in rows]),
            date_array([one.month for one in rows]),
            int_array([one.amount_yen for one in rows]),
            int_array([one.net_yen for one in rows]),
            int_array([one.purchases for one in rows]),
            int_array([one.points_earned for one in rows]),
            int_array([one.days for one in rows]),
        ),
    )


def clear_days(conn: Connection, rows: Sequence[Progress]) -> None:
    """Take days from the masks of months: nothing that was bought on them is left."""
    conn.execute(
        """
        update ranks.progress as held
        set days = held.days & ~gone.days
        from unnest(%s::uuid[], %s::date[], %s::int[]) as gone (customer_id, month, days)
        where held.customer_id = gone.customer_id and held.month = gone.month
        """,
        (
            uuid_array([one.customer_id for one in rows]),
            date_array([one.month for one in rows]),
            int_array([one.days for one in rows]),
        ),
    )


def ask_months(
    conn: Connection, customer_ids: Sequence[UUID], since: date, fold: date
) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask for the months of customers from ``since``; all up to ``fold`` are one, under its name.

    A row is customer, month, yen with tax, yen without, visits, purchases, points earned, mask of days.
    """
    return conn.execute(
        """
        select
            customer_id, greatest(month, %(fold)s::date) as bucket, sum(amount_yen)::bigint, sum(net_yen)::bigint,
            sum(bit_count(days::bit(31)))::bigint, sum(purchases)::bigint, sum(points_earned)::bigint, bit_or(days)
        from ranks.progress
        where customer_id = any(%(customer_ids)s::uuid[]) and month >= %(since)s::date
        group by customer_id, bucket
        """,
        {"customer_ids": uuid_array(customer_ids), "since": since, "fold": fold},
        binary=True,
    ).fetchall


def sum_windows(
    conn: Connection, customer_ids: Sequence[UUID], firsts: Sequence[date], lasts: Sequence[date]
) -> list[tuple[Any, ...]]:
    """The sums of customers in windows, each from a month to a month; customers and windows without any are absent.

    A row is customer, number of the window from 1, then sums as ``ask_months`` gives them.
    """
    return conn.execute(
        """
        select
            customer_id, spans.number, sum(amount_yen)::bigint, sum(net_yen)::bigint,
            sum(bit_count(days::bit(31)))::bigint, sum(purchases)::bigint, sum(points_earned)::bigint
        from ranks.progress
        join unnest(%s::date[], %s::date[]) with ordinality as spans (first, last, number)
            on month between spans.first and spans.last
        where customer_id = any(%s::uuid[])
        group by customer_id, spans.number
        """,
        (date_array(firsts), date_array(lasts), uuid_array(customer_ids)),
        binary=True,
    ).fetchall()


def stream_sums(conn: Connection, first: date, last: date) -> Iterator[tuple[int, int, int, int, int]]:
    """Of everybody who ever bought, what they bought in months: yen with tax and without, visits, purchases, points."""
    with conn.cursor(name="sums") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select
                coalesce(sum(amount_yen) filter (where month between %(first)s and %(last)s), 0)::bigint,
                coalesce(sum(net_yen) filter (where month between %(first)s and %(last)s), 0)::bigint,
                coalesce(sum(bit_count(days::bit(31))) filter (where month between %(first)s and %(last)s), 0)::bigint,
                coalesce(sum(purchases) filter (where month between %(first)s and %(last)s), 0)::bigint,
                coalesce(sum(points_earned) filter (where month between %(first)s and %(last)s), 0)::bigint
            from ranks.progress
            group by customer_id
            """,
            {"first": first, "last": last},
        )
        yield from cursor


def stream_progress(conn: Connection, low: UUID, high: UUID) -> Iterator[tuple[tuple[UUID, date], tuple[int, ...]]]:
    """The months of customers ``low <= id < high``, ascending: yen with tax and without, purchases, points, days."""
    with conn.cursor(name="progress") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, month, amount_yen, net_yen, purchases, points_earned, days
            from ranks.progress
            where customer_id >= %s and customer_id < %s
            order by customer_id, month
            """,
            (low, high),
        )
        for customer_id, month, *sums in cursor:
            yield (customer_id, month), tuple(sums)
