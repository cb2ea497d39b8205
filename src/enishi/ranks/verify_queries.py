"""The SQL by which ranks are proven: what is held against its history, and the history against itself."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from psycopg import Connection


def stream_standings(conn: Connection) -> Iterator[tuple[tuple[UUID, str], tuple[int, int]]]:
    """Every rank held, ascending: customer and tier, level and number of changes."""
    with conn.cursor(name="standing") as cursor:
        cursor.itersize = 20_000
        cursor.execute("select customer_id, tier, level, changes from ranks.standing order by customer_id")
        for customer_id, tier, level, changes in cursor:
            yield (customer_id, tier), (level, changes)


def stream_newest_changes(conn: Connection) -> Iterator[tuple[tuple[UUID, str], tuple[int, int]]]:
    """What the newest change of each customer left, ascending: customer and tier, level and how many changes."""
    with conn.cursor(name="changes") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select distinct on (customer_id)
                customer_id, to_tier, to_level, (count(*) over (partition by customer_id))::integer
            from ranks.changes
            order by customer_id, seq desc
            """
        )
        for customer_id, tier, level, changes in cursor:
            yield (customer_id, tier), (level, changes)


def select_broken_chains(conn: Connection) -> list[tuple[UUID, int, str, str]]:
    """Changes that do not follow the one before: customer, number, the tier that one left and the one it began at."""
    return conn.execute(
        """
        select customer_id, seq, coalesce(before_tier, ''), from_tier
        from (
            select
                customer_id, seq, from_tier, effective_at,
                lag(to_tier) over own as before_tier, lag(seq) over own as before_seq,
                lag(effective_at) over own as before_at
            from ranks.changes
            window own as (partition by customer_id order by seq)
        ) as chain
        where
            coalesce(before_seq, 0) + 1 <> seq
            or (before_seq is not null and (before_tier <> from_tier or before_at > effective_at))
        order by customer_id, seq
        limit 1000
        """
    ).fetchall()


def stream_given_points(conn: Connection) -> Iterator[tuple[tuple[UUID, int], tuple[int]]]:
    """Every entry of the journal with which a rank gave points, ascending: customer, number, points."""
    with conn.cursor(name="given_points") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, entry_seq, points
            from ranks.rewards
            where kind = 'points'
            order by customer_id, entry_seq
            """
        )
        for customer_id, seq, points in cursor:
            yield (customer_id, seq), (points,)


def sum_given_points(conn: Connection) -> tuple[int, int]:
    """How many entries of the journal ranks have given points with, and how many points that were."""
    row = conn.execute(
        """
        select count(*), coalesce(sum(points), 0)::bigint from ranks.rewards
        where kind = 'points'
        """
    ).fetchone()
    return (0, 0) if row is None else row
