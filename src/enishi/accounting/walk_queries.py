"""The SQL of walks: where accounts stood at a close, and what had been found by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi.accounting.attribution import Attributed
from enishi.accounting.model import Movement, MovementKey, PointClass, Walk
from enishi.kit.arrays import date_array, int_array, json_array, text_array, uuid_array


class StoredPosition(Struct, frozen=True):
    """An account as it is kept; ``uses`` None: there are none to keep."""

    customer_id: UUID
    seq: int
    standing: bytes
    uses: bytes | None
    uses_whole: bool


class Span(Struct, frozen=True):
    """Entries of an account to follow: after one number and up to another, from where the account ``stood`` then."""

    customer_id: UUID
    above: int
    upto: int
    stood: str | None


def next_walk(conn: Connection) -> int:
    """The number of a walk that begins; positions carry it before its head is written."""
    row = conn.execute("select nextval('accounting.walk_numbers')").fetchone()
    if row is None:
        raise AssertionError("A sequence always gives a number.")
    return row[0]


def insert_walk(conn: Connection, month: date, walk: Walk) -> None:
    """Add the head of a walk."""
    conn.execute(
        "insert into accounting.walks (walk, month, newest_at, accounts, entries, balance)"
        " values (%s, %s, %s, %s, %s, %s)",
        (walk.walk, month, walk.newest_at, walk.accounts, walk.entries, walk.balance),
    )


def insert_positions(conn: Connection, walk: int, rows: Sequence[StoredPosition]) -> None:
    """Keep accounts as a walk leaves them."""
    conn.execute(
        """
        insert into accounting.positions (customer_id, walk, seq, standing, uses, uses_whole)
        select customer_id, %s, seq, standing, uses, uses_whole = 1
        from unnest(%s::uuid[], %s::int[], %s::json[], %s::json[], %s::int[])
            as new (customer_id, seq, standing, uses, uses_whole)
        """,
        (
            walk,
            uuid_array([one.customer_id for one in rows]),
            int_array([one.seq for one in rows]),
            json_array([one.standing for one in rows]),
            json_array([one.uses for one in rows]),
            int_array([int(one.uses_whole) for one in rows]),
        ),
    )


def insert_walked(conn: Connection, walk: int, points: Mapping[tuple[date, MovementKey], int]) -> None:
    """Write down what a walk found, without stores."""
    conn.execute(
        """
        insert into accounting.walked (walk, month, cohort, point_class, movement, points)
        select %s, * from unnest(%s::date[], %s::date[], %s::text[], %s::text[], %s::bigint[])
        """,
        (
            walk,
            date_array([month for month, _ in points]),
            date_array([key.cohort for _, key in points]),
            text_array([key.point_class for _, key in points]),
            text_array([key.movement for _, key in points]),
            int_array(points.values()),
        ),
    )


def insert_ahead(conn: Connection, walk: int, points: Mapping[tuple[date, MovementKey], int]) -> None:
    """Write down what a walk found of months after the one it closes."""
    conn.execute(
        """
        insert into accounting.ahead (walk, month, cohort, point_class, movement, issue_store, at_store, points)
        select %s, * from unnest(
            %s::date[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[]
        )
        """,
        (
            walk,
            date_array([month for month, _ in points]),
            date_array([key.cohort for _, key in points]),
            text_array([key.point_class for _, key in points]),
            text_array([key.movement for _, key in points]),
            text_array([key.issue_store for _, key in points]),
            text_array([key.at_store for _, key in points]),
            int_array(points.values()),
        ),
    )


def insert_sold(conn: Connection, walk: int, sales: Mapping[date, int]) -> None:
    """Write down the sales that a walk found, by month of issue."""
    conn.execute(
        "insert into accounting.sold (walk, cohort, sales_yen) select %s, * from unnest(%s::date[], %s::bigint[])",
        (walk, date_array(sales), int_array(sales.values())),
    )


def select_walked(conn: Connection, walks: Sequence[int]) -> Attributed:
    """All that these walks found, without stores."""
    rows = conn.execute(
        """
        select month, cohort, point_class, movement, '', '', sum(points)::bigint
        from accounting.walked where walk = any(%s::bigint[])
        group by month, cohort, point_class, movement
        """,
        (int_array(walks),),
    ).fetchall()
    return dict(map(_read_points, rows))


def select_ahead(conn: Connection, walks: Sequence[int], after: date) -> Attributed:
    """What these walks found of months after one."""
    rows = conn.execute(
        """
        select month, cohort, point_class, movement, issue_store, at_store, sum(points)::bigint
        from accounting.ahead where walk = any(%s::bigint[]) and month > %s
        group by month, cohort, point_class, movement, issue_store, at_store
        """,
        (int_array(walks), after),
    ).fetchall()
    return dict(map(_read_points, rows))


def select_sold(conn: Connection, walks: Sequence[int], after: date) -> dict[date, int]:
    """The sales that these walks found of months of issue after one."""
    rows = conn.execute(
        """
        select cohort, sum(sales_yen)::bigint from accounting.sold
        where walk = any(%s::bigint[]) and cohort > %s group by cohort
        """,
        (int_array(walks), after),
    ).fetchall()
    return dict(rows)


def select_spans(
    conn: Connection, accounts: Sequence[tuple[UUID, int]], walks: Sequence[int], upto: Sequence[int] | None
) -> list[Span]:
    """Where accounts stood by these walks, and how far to follow them: to their newest entry, or as ``upto`` walks did.

    ``accounts`` are customers with the number of their newest entry; given in order, returned in order. An account
    without an entry by then is left out.
    """
    rows = conn.execute(
        """
        select customer_id, coalesce(stood.seq, 0), reached.seq, stood.standing::text
        from unnest(%(ids)s::uuid[], %(seqs)s::int[]) with ordinality as wanted (customer_id, seq, position)
        left join lateral (
            select positions.seq, positions.standing from accounting.positions
            where positions.customer_id = wanted.customer_id and positions.walk = any(%(walks)s::bigint[])
            order by positions.walk desc limit 1
        ) as stood on true
        cross join lateral (
            select case
                when %(upto)s::bigint[] is null then wanted.seq
                else (
                    select positions.seq from accounting.positions
                    where positions.customer_id = wanted.customer_id and positions.walk = any(%(upto)s::bigint[])
                    order by positions.walk desc limit 1
                )
            end as seq
        ) as reached
        where reached.seq is not null
        order by position
        """,
        {
            "ids": uuid_array([customer_id for customer_id, _ in accounts]),
            "seqs": int_array([seq for _, seq in accounts]),
            "walks": int_array(walks),
            "upto": None if upto is None else int_array(upto),
        },
        binary=True,
    ).fetchall()
    return [Span(*row) for row in rows]


def select_uses(conn: Connection, customers: Sequence[UUID], walks: Sequence[int]) -> list[tuple[UUID, str, bool]]:
    """The uses these walks kept, by account and walk, and whether a row holds all there were by then."""
    return conn.execute(
        """
        select customer_id, coalesce(uses, '[]')::text, uses_whole from accounting.positions
        where customer_id = any(%s::uuid[]) and walk = any(%s::bigint[]) and (uses is not null or uses_whole)
        order by customer_id, walk
        """,
        (uuid_array(customers), int_array(walks)),
    ).fetchall()


def delete_cut_off(conn: Connection) -> None:
    """Forget walks of closed months that no close rests on, with all they wrote."""
    conn.execute(
        """
        with gone as (
            delete from accounting.walks
            where month <= (select max(month) from accounting.closes)
            and not exists (select from accounting.closes where closes.walk = walks.walk)
            returning walk
        ),
        positions as (delete from accounting.positions where walk in (select walk from gone)),
        walked as (delete from accounting.walked where walk in (select walk from gone)),
        ahead as (delete from accounting.ahead where walk in (select walk from gone))
        delete from accounting.sold where walk in (select walk from gone)
        """
    )


def _read_points(row: tuple[Any, ...]) -> tuple[tuple[date, MovementKey], int]:
    return (row[0], MovementKey(row[1], PointClass(row[2]), Movement(row[3]), row[4], row[5])), row[6]
