"""The SQL that books expired points, and that looks ahead to those about to expire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import uuid_array


class Expired(Struct, frozen=True):
    """What a slice of a sweep booked: accounts, entries and points."""

    accounts: int
    entries: int
    points: int


class ExpiringDay(Struct, frozen=True):
    """What is valid through the end of one day and not longer: of one kind, of how many members, how many points."""

    expires_on: date
    kind: str
    members: int
    points: int


class ExpiringMember(Struct, frozen=True):
    """A member with points that expire soon: how many, and the last day of the first of them."""

    customer_id: UUID
    points: int
    first_on: date


def count_accounts(conn: Connection) -> int:
    """How many accounts there are."""
    row = conn.execute("select count(*) from ledger.accounts").fetchone()
    return 0 if row is None else row[0]


def select_slice_end(conn: Connection, after: UUID, size: int) -> tuple[UUID | None, int]:
    """The last of the next ``size`` accounts after one, by key, and how many they are; None when there is none."""
    row = conn.execute(
        """
        select customer_id, position from (
            select customer_id, row_number() over (order by customer_id) as position
            from (
                select customer_id from ledger.accounts where customer_id > %s order by customer_id limit %s
            ) as slice
        ) as numbered
        order by position desc
        limit 1
        """,
        (after, size),
    ).fetchone()
    return (None, 0) if row is None else (row[0], row[1])


def lock_due_accounts(conn: Connection, after: UUID, last: UUID, today: date) -> list[UUID]:
    """Lock the accounts of a slice ``after < id <= last`` whose first lot is past its last day, in ascending order.

    A row that had to be waited for is looked at again in its newest version, so what another sweep has booked by then
    is not locked here.
    """
    cursor = conn.execute(
        """
        select customer_id
        from ledger.accounts
        where customer_id > %s and customer_id <= %s and (lots -> 0 ->> 1) collate "C" < %s
        order by customer_id
        for no key update
        """,
        (after, last, today.isoformat()),
        binary=True,
    )
    return [row[0] for row in cursor]


def expire_lots(
    conn: Connection, customer_ids: Sequence[UUID], today: date, zone: str, recorded_at: datetime
) -> Expired:
    """Book what these locked accounts hold past its last day: an entry for each account and day.

    An entry occurred in the last microsecond of the day that its points were valid through, in the programme's zone,
    so that points of a month expire in that month, whenever they are swept. One statement, because the database
    compares accounts and journal at its end.
    """
    row = conn.execute(
        """
        with due as materialized (
            select customer_id, seq, balance, lots from ledger.accounts where customer_id = any(%(ids)s::uuid[])
        ),
        expired as materialized (
            select
                customer_id, due.seq, due.balance, last_day, sum(points)::bigint as points,
                json_agg(json_build_array(kind, last_day, -points) order by kind) as moves
            from due
            cross join lateral (
                select lot ->> 0 as kind, (lot ->> 1) collate "C" as last_day, (lot ->> 2)::bigint as points
                from jsonb_array_elements(due.lots) as lot
            ) as lots
            where last_day < %(today)s
            group by customer_id, due.seq, due.balance, last_day
        ),
        entries as (
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, occurred_at, recorded_at
            )
            select
                customer_id, seq + row_number() over account, 'expire', -points,
                balance - sum(points) over account, moves, '',
                (last_day::date + 1)::timestamp at time zone %(zone)s - interval '1 microsecond', %(recorded_at)s
            from expired
            window account as (partition by customer_id order by last_day)
        ),
        totals as materialized (
            select customer_id, count(*)::integer as entries, sum(points)::bigint as points
            from expired group by customer_id
        ),
        changed as (
            update ledger.accounts as account
            set
                seq = account.seq + totals.entries,
                balance = account.balance - totals.points,
                lots = jsonb_path_query_array(
                    account.lots, 'strict $[*] ? (@[1] >= $today)', jsonb_build_object('today', %(today)s::text)
                )
            from totals
            where account.customer_id = totals.customer_id
        )
        select count(*), coalesce(sum(entries), 0)::bigint, coalesce(sum(points), 0)::bigint from totals
        """,
        {"ids": uuid_array(customer_ids), "today": today.isoformat(), "zone": zone, "recorded_at": recorded_at},
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return Expired(*row)


def select_expiring_days(conn: Connection, first: date, last: date) -> list[ExpiringDay]:
    """What expires with the end of each day from ``first`` to ``last``, by kind, over all members."""
    with conn.cursor(row_factory=args_row(ExpiringDay)) as cursor:
        return cursor.execute(
            """
            select (lot ->> 1)::date, lot ->> 0, count(*), sum((lot ->> 2)::bigint)::bigint
            from ledger.accounts
            cross join lateral jsonb_array_elements(lots) as lot
            where
                (lots -> 0 ->> 1) collate "C" <= %(last)s
                and (lot ->> 1) collate "C" between %(first)s and %(last)s
            group by 1, 2
            order by 1, 2
            """,
            {"first": first.isoformat(), "last": last.isoformat()},
        ).fetchall()


def select_expiring_members(conn: Connection, first: date, last: date, after: UUID, limit: int) -> list[ExpiringMember]:
    """Members with points that expire between two days, by key after ``after``."""
    with conn.cursor(row_factory=args_row(ExpiringMember)) as cursor:
        return cursor.execute(
            """
            select customer_id, expiring.points, expiring.first_on
            from ledger.accounts
            cross join lateral (
                select sum((lot ->> 2)::bigint)::bigint as points, min(lot ->> 1)::date as first_on
                from jsonb_array_elements(lots) as lot
                where (lot ->> 1) collate "C" between %(first)s and %(last)s
            ) as expiring
            where
                customer_id > %(after)s
                and (lots -> 0 ->> 1) collate "C" <= %(last)s
                and expiring.points > 0
            order by customer_id
            limit %(limit)s
            """,
            {"first": first.isoformat(), "last": last.isoformat(), "after": after, "limit": limit},
        ).fetchall()
