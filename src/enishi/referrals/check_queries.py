"""The SQL that looks over many referrals: chains, counts and hints for the checks, sums, and the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from enishi.kit.arrays import bytea_array, text_array
from enishi.referrals.model import Hint


def select_referrers(conn: Connection, customer_id: UUID, depth: int) -> list[tuple[UUID, UUID]]:
    """Who referred somebody, who referred those, and so on: pairs of referred and referrer."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            with recursive above (referee_id, referrer_id, step) as (
                select referee_id, referrer_id, 1 from referrals.referrals where referee_id = %s
                union all
                select next.referee_id, next.referrer_id, above.step + 1
                from above
                join referrals.referrals as next on next.referee_id = above.referrer_id
                where above.step < %s
            )
            select referee_id, referrer_id from above
            """,
            (customer_id, depth),
        ).fetchall()


def count_at_terminal(conn: Connection, store: str, terminal: str, since: datetime) -> int:
    """How many codes were claimed at a terminal since an instant."""
    row = conn.execute(
        """
        select count(*) from referrals.referrals
        where store = %s and terminal = %s and terminal <> '' and claimed_at > %s
        """,
        (store, terminal, since),
    ).fetchone()
    return 0 if row is None else row[0]


def count_of_referrer(conn: Connection, referrer_id: UUID, since: datetime) -> int:
    """How often somebody's code was claimed since an instant."""
    row = conn.execute(
        "select count(*) from referrals.referrals where referrer_id = %s and claimed_at > %s", (referrer_id, since)
    ).fetchone()
    return 0 if row is None else row[0]


def count_rewarded(conn: Connection, referrer_id: UUID, since: datetime | None) -> int:
    """For how many referrals somebody was rewarded, paid since an instant or ever; reversed ones do not count."""
    row = conn.execute(
        """
        select count(*) from referrals.referrals
        where
            referrer_id = %s and state = 'paid' and not capped
            and (%s::timestamptz is null or settled_at >= %s::timestamptz)
        """,
        (referrer_id, since, since),
    ).fetchone()
    return 0 if row is None else row[0]


def insert_hints(conn: Connection, customer_id: UUID, hints: Sequence[Hint], now: datetime) -> None:
    """Note hints of somebody; known ones stay as they are."""
    conn.execute(
        """
        insert into referrals.hints (customer_id, kind, lookup, noted_at)
        select %s, kind, lookup, %s from unnest(%s::text[], %s::bytea[]) as one (kind, lookup)
        on conflict do nothing
        """,
        (customer_id, now, text_array([one.kind.value for one in hints]), bytea_array([one.lookup for one in hints])),
    )


def select_sharers(conn: Connection, lookups: Sequence[bytes], referrer_id: UUID) -> list[tuple[UUID, str]]:
    """Who of a referrer and those referred by them shares one of these hints, and of which kind."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select distinct customer_id, kind
            from referrals.hints
            where
                lookup = any(%s::bytea[])
                and (
                    customer_id = %s
                    or customer_id in (select referee_id from referrals.referrals where referrer_id = %s)
                )
            """,
            (bytea_array(lookups), referrer_id, referrer_id),
        ).fetchall()


def select_tally(conn: Connection, stores: Sequence[str] | None) -> list[tuple[str, int, int, int]]:
    """ReferralState, number of referrals in it, points to who referred, points to who was referred."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select state, count(*), sum(referrer_points), sum(referee_points)
            from referrals.referrals
            where %(stores)s::text[] is null or store = any(%(stores)s)
            group by state
            """,
            {"stores": None if stores is None else list(stores)},
        ).fetchall()


def stream_paid_entries(conn: Connection) -> Iterator[tuple[tuple[UUID, int], tuple[int]]]:
    """What referrals say they have paid, ascending: customer, number of the entry, points."""
    with conn.cursor(name="paid_referrals") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, seq, points
            from (
                select referrer_id, referrer_seq, referrer_points
                from referrals.referrals
                where referrer_seq is not null
                union all
                select referee_id, referee_seq, referee_points from referrals.referrals where referee_seq is not null
            ) as paid (customer_id, seq, points)
            order by customer_id, seq
            """
        )
        for customer_id, seq, points in cursor:
            yield (customer_id, seq), (points,)


def select_differences(conn: Connection) -> list[tuple[UUID, str, str, str]]:
    """Where referrals contradict themselves: customer, what, found, expected. One entry pays one referral."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select customer_id, 'entry ' || seq || ' pays referrals', count(*)::text, '1'
            from (
                select referrer_id, referrer_seq from referrals.referrals where referrer_seq is not null
                union all
                select referee_id, referee_seq from referrals.referrals where referee_seq is not null
            ) as paid (customer_id, seq)
            group by customer_id, seq
            having count(*) > 1
            union all
            select referee_id, 'referral ' || referral_id || ' ' || state || ' with points', 'paid', 'not paid'
            from referrals.referrals
            where state not in ('paid', 'reversed') and (referrer_seq is not null or referee_seq is not null)
            order by 1, 2
            """
        ).fetchall()
