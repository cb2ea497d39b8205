"""The SQL that books expired points, and that looks ahead to those about to expire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import text_array, uuid_array
from enishi.ledger.model import Ending, Kind

_NEVER = date.max


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


def _last_days(ending: Ending | None) -> tuple[str, str]:
    """The last days of regular and limited points, as lots write days; one far ahead where a kind does not end."""
    last_days = ending or {}
    return last_days.get(Kind.REGULAR, _NEVER).isoformat(), last_days.get(Kind.LIMITED, _NEVER).isoformat()


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


def lock_due_accounts(
    conn: Connection, after: UUID, last: UUID, today: date, ending: Ending | None = None
) -> list[UUID]:
    """Lock the accounts of a slice ``after < id <= last`` that hold a lot past its last day, in ascending order.

    That is the first lot, or any of a kind that has ended. A row that had to be waited for is looked at again in its
    newest version, so what another sweep has booked by then is not locked here.
    """
    ended = sorted(kind for kind, last_on in (ending or {}).items() if last_on < today)
    cursor = conn.execute(
        """
        select customer_id
        from ledger.accounts
        where
            customer_id > %(after)s
            and customer_id <= %(last)s
            and (
                (lots -> 0 ->> 1) collate "C" < %(today)s
                or (
                    cardinality(%(ended)s::text[]) > 0
                    and jsonb_path_exists(
                        lots, 'strict $[*] ? (@[0] == $kinds[*])', jsonb_build_object('kinds', %(ended)s::text[])
                    )
                )
            )
        order by customer_id
        for no key update
        """,
        {"after": after, "last": last, "today": today.isoformat(), "ended": text_array(ended)},
        binary=True,
    )
    return [row[0] for row in cursor]


def expire_lots(
    conn: Connection, customer_ids: Sequence[UUID], today: date, zone: str, at: datetime, *, ending: Ending | None
) -> Expired:
    """Book what these locked accounts hold past its last day: an entry for each account and day, recorded ``at``.

    An entry occurred in the last microsecond of the day through which its points could be used, in the programme's
    zone, so that points of a month expire in that month, whenever they are swept. Points that only their kind's end has
    made unusable have an entry of their own that says so. One statement, because the database compares accounts and
    journal at its end.
    """
    regular, limited = _last_days(ending)
    row = conn.execute(
        """
        with held as (
            select
                customer_id, seq, balance, lot ->> 0 as kind, (lot ->> 1) collate "C" as own_day,
                case lot ->> 0 when 'r' then %(regular)s else %(limited)s end collate "C" as kind_day,
                (lot ->> 2)::bigint as points
            from ledger.accounts cross join lateral jsonb_array_elements(lots) as lot
            where customer_id = any(%(ids)s::uuid[])
        ),
        expired as materialized (
            select
                customer_id, seq, balance, least(own_day, kind_day) as last_day, kind_day < own_day as kind_ended,
                sum(points)::bigint as points,
                json_agg(json_build_array(kind, own_day, -points) order by own_day, kind) as moves
            from held
            where least(own_day, kind_day) < %(today)s
            group by customer_id, seq, balance, last_day, kind_ended
        ),
        entries as (
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, occurred_at, basis, recorded_at
            )
            select
                customer_id, seq + row_number() over account, 'expire', -points,
                balance - sum(points) over account, moves, '',
                (last_day::date + 1)::timestamp at time zone %(zone)s - interval '1 microsecond',
                case when kind_ended then json_build_object('t', 'ended', 'last_on', last_day) end, %(at)s
            from expired
            window account as (partition by customer_id order by last_day, kind_ended)
        ),
        totals as materialized (
            select customer_id, count(*)::integer as entries, sum(points)::bigint as points
            from expired group by customer_id
        ),
        changed as (
            update ledger.accounts as account
            set
                seq = account.seq + totals.entries, balance = account.balance - totals.points,
                lots = jsonb_path_query_array(
                    account.lots,
                    'strict $[*] ? (@[1] >= $today && (@[0] == "r" && $r >= $today || @[0] == "l" && $l >= $today))',
                    jsonb_build_object('today', %(today)s::text, 'r', %(regular)s::text, 'l', %(limited)s::text)
                )
            from totals
            where account.customer_id = totals.customer_id
        )
        select count(*), coalesce(sum(entries), 0)::bigint, coalesce(sum(points), 0)::bigint from totals
        """,
        {"ids": uuid_array(customer_ids), "today": today.isoformat(), "zone": zone, "at": at}
        | {"regular": regular, "limited": limited},
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return Expired(*row)


def select_expiring_days(conn: Connection, first: date, last: date, ending: Ending | None) -> list[ExpiringDay]:
    """What expires with the end of each day from ``first`` to ``last``, by kind, over all members."""
    regular, limited = _last_days(ending)
    with conn.cursor(row_factory=args_row(ExpiringDay)) as cursor:
        return cursor.execute(
            """
            select last_day::date, kind, count(distinct customer_id), sum(points)::bigint
            from (
                select
                    customer_id, lot ->> 0 as kind, (lot ->> 2)::bigint as points,
                    least(
                        lot ->> 1, case lot ->> 0 when 'r' then %(regular)s else %(limited)s end
                    ) collate "C" as last_day
                from ledger.accounts
                cross join lateral jsonb_array_elements(lots) as lot
                where (lots -> 0 ->> 1) collate "C" <= %(last)s or %(kind_ends)s
            ) as lots
            where last_day between %(first)s and %(last)s
            group by 1, 2
            order by 1, 2
            """,
            {
                "first": first.isoformat(),
                "last": last.isoformat(),
                "regular": regular,
                "limited": limited,
                "kind_ends": min(regular, limited) <= last.isoformat(),
            },
        ).fetchall()


def select_expiring_members(
    conn: Connection, first: date, last: date, after: UUID, limit: int, *, ending: Ending | None
) -> list[ExpiringMember]:
    """Members with points that expire between two days, by key after ``after``."""
    regular, limited = _last_days(ending)
    with conn.cursor(row_factory=args_row(ExpiringMember)) as cursor:
        return cursor.execute(
            """
            select customer_id, expiring.points, expiring.first_on
            from ledger.accounts
            cross join lateral (
                select sum(points)::bigint as points, min(last_day)::date as first_on
                from (
                    select
                        (lot ->> 2)::bigint as points,
                        least(
                            lot ->> 1, case lot ->> 0 when 'r' then %(regular)s else %(limited)s end
                        ) collate "C" as last_day
                    from jsonb_array_elements(lots) as lot
                ) as lot
                where last_day between %(first)s and %(last)s
            ) as expiring
            where
                customer_id > %(after)s
                and ((lots -> 0 ->> 1) collate "C" <= %(last)s or %(kind_ends)s)
                and expiring.points > 0
            order by customer_id
            limit %(limit)s
            """,
            {
                "first": first.isoformat(),
                "last": last.isoformat(),
                "regular": regular,
                "limited": limited,
                "kind_ends": min(regular, limited) <= last.isoformat(),
                "after": after,
                "limit": limit,
            },
        ).fetchall()
