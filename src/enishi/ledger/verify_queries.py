"""The SQL with which the schema ``ledger`` is proven; apart from ``queries`` because nothing else reads this much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import uuid_array
from enishi.ledger.model import Difference


def select_slice_bounds(conn: Connection, size: int) -> list[UUID]:
    """Every ``size``-th account, ascending: where one slice ends and the next begins."""
    cursor = conn.execute(
        """
        select customer_id from (
            select customer_id, row_number() over (order by customer_id) as position from ledger.accounts
        ) as numbered
        where position %% %s = 0
        order by customer_id
        """,
        (size,),
    )
    return [row[0] for row in cursor]


def select_middle(conn: Connection) -> UUID | None:
    """The account that about half of all come before; None when there are too few to tell."""
    row = conn.execute(
        """
        select customer_id from ledger.accounts
        order by customer_id offset (select count(*) / 2 from ledger.accounts) limit 1
        """
    ).fetchone()
    return None if row is None else row[0]


def select_entry_differences(conn: Connection, customer_ids: Sequence[UUID]) -> list[Difference]:
    """Entries of these customers that contradict themselves or the one before, by account and number.

    The running sum is ``balance_after``; numbers follow each other; movements add up to the points but for what is
    owed: only a return, an adjustment, an offline spend or a merge makes an account owe, and what comes in is set
    against it before any lot gets something.
    """
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with entries as materialized (
                select
                    customer_id, seq, entry_type, points, balance_after, moved,
                    sum(points) over account as running,
                    row_number() over account as position,
                    sum(moved - points) over account as owed, borne
                from (
                    select
                        customer_id, seq, entry_type, points, balance_after,
                        -- A spend makes an account owe only where a terminal was offline, as far as its basis says.
                        case when entry_type = 'spend' then coalesce((basis ->> 'owed')::bigint, 0) else 0 end as borne,
                        -- Nearly every entry moves one lot, which need not be unnested to be added up.
                        case when json_array_length(lots) = 1 then (lots #>> '{0,2}')::bigint else (
                            select coalesce(sum((move ->> 2)::bigint), 0) from json_array_elements(lots) as move
                        ) end as moved
                    from ledger.journal
                    where customer_id = any(%(ids)s::uuid[])
                ) as journal
                window account as (partition by customer_id order by seq)
            )
            select customer_id, 'journal[' || seq || '].balance_after', balance_after::text, running::text
            from entries where balance_after <> running
            union all
            select customer_id, 'journal[' || seq || '].seq', seq::text, position::text
            from entries where seq <> position
            union all
            select customer_id, 'journal[' || seq || '].lots', moved::text, points::text
            from entries
            where
                owed < 0
                or case
                    -- What is owed goes along with a merge, and is parted again.
                    when entry_type in ('merge_out', 'merge_in') then false
                    when points > 0 then moved > points or (moved <> points and moved > 0 and owed > 0)
                    when entry_type in ('take_back', 'adjust') then moved < points
                    else moved - points <> borne
                end
            order by 1, 2
            """,
            {"ids": uuid_array(customer_ids)},
        ).fetchall()


def select_account_differences(conn: Connection, customer_ids: Sequence[UUID]) -> list[Difference]:
    """Accounts of these customers that are not the sum of their journal: number, balance and every lot."""
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with entries as (
                select customer_id, seq, points, lots
                from ledger.journal where customer_id = any(%(ids)s::uuid[])
            ),
            moved as (
                select customer_id, move ->> 0 as kind, move ->> 1 as expires_on, sum((move ->> 2)::bigint) as points
                from entries cross join lateral json_array_elements(entries.lots) as move
                group by customer_id, kind, expires_on
            ),
            lots as (
                select
                    customer_id,
                    jsonb_agg(jsonb_build_array(kind, expires_on, points) order by expires_on, kind) as lots
                from moved where points <> 0 group by customer_id
            ),
            totals as (
                select customer_id, max(seq) as seq, sum(points) as balance from entries group by customer_id
            ),
            pairs as (
                select
                    customer_id, accounts.seq as seq, accounts.balance, accounts.lots,
                    coalesce(totals.seq, 0) as derived_seq, coalesce(totals.balance, 0) as derived_balance,
                    coalesce(lots.lots, '[]') as derived_lots
                from (
                    select * from ledger.accounts where customer_id = any(%(ids)s::uuid[])
                ) as accounts
                full join totals using (customer_id)
                left join lots using (customer_id)
            )
            select customer_id, 'accounts.seq', coalesce(seq::text, 'no account'), derived_seq::text
            from pairs where seq is distinct from derived_seq
            union all
            select customer_id, 'accounts.balance', balance::text, derived_balance::text
            from pairs where balance <> derived_balance
            union all
            select customer_id, 'accounts.lots', lots::text, derived_lots::text
            from pairs where lots <> derived_lots
            order by 1, 2
            """,
            {"ids": uuid_array(customer_ids)},
        ).fetchall()


def stream_purchase_sums(conn: Connection, low: UUID, high: UUID) -> Iterator[tuple[tuple[UUID], tuple[int, ...]]]:
    """Per customer of ``low <= id < high``, ascending: points earned, points used and number of the entries that
    purchases led to, and points that returns took back and gave back.
    """
    with conn.cursor(name="purchase_sums") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select
                customer_id,
                coalesce(sum(points) filter (where entry_type = 'earn'), 0)::bigint,
                coalesce(-sum(points) filter (where entry_type = 'spend'), 0)::bigint,
                count(*) filter (where entry_type in ('earn', 'spend')),
                coalesce(-sum(points) filter (where entry_type = 'take_back'), 0)::bigint,
                coalesce(sum(points) filter (where entry_type = 'give_back'), 0)::bigint
            from ledger.journal
            where
                customer_id >= %(low)s and customer_id < %(high)s
                and (
                    (purchase_id is not null and entry_type in ('earn', 'spend'))
                    or entry_type in ('take_back', 'give_back')
                )
            group by customer_id
            order by customer_id
            """,
            {"low": low, "high": high},
        )
        for customer_id, *sums in cursor:
            yield (customer_id,), tuple(sums)


def stream_grants_because_of(conn: Connection, tag: str) -> Iterator[tuple[tuple[UUID, int], tuple[int]]]:
    """Every adjustment upwards whose basis is of one kind, ascending: customer, number, points."""
    with conn.cursor(name="grants_because_of") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, seq, points
            from ledger.journal
            where entry_type = 'adjust' and points > 0 and basis ->> 't' = %s
            order by customer_id, seq
            """,
            (tag,),
        )
        for customer_id, seq, points in cursor:
            yield (customer_id, seq), (points,)


def stream_campaign_sums(conn: Connection) -> Iterator[tuple[tuple[UUID], tuple[int, ...]]]:
    """Per customer, ascending: points that campaigns gave, credited at once or noted to wait, and how many awards.

    What a campaign gave says so first in its basis; looking at the beginning of the text spares reading the rest.
    """
    with conn.cursor(name="campaign_sums_of_journal") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, sum(points)::bigint, count(*)
            from (
                select customer_id, points
                from ledger.journal
                where
                    entry_type = 'earn' and left(basis::text, 6) = '{"c":"'
                    and not exists (
                        select from ledger.pending
                        where pending.customer_id = journal.customer_id and pending.entry_seq = journal.seq
                    )
                union all
                select coalesce(booked_id, customer_id), points from ledger.pending
                where left(basis::text, 6) = '{"c":"'
            ) as given
            group by customer_id
            order by customer_id
            """
        )
        for customer_id, *sums in cursor:
            yield (customer_id,), tuple(sums)


def select_hold_differences(conn: Connection) -> list[Difference]:
    """Customers whose journal sets other points aside than their open holds say."""
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with aside as (
                select customer_id, -sum(points) as points
                from ledger.journal
                where entry_type in ('hold', 'release')
                group by customer_id
            ),
            open as (
                select customer_id, sum(points) as points from ledger.holds where state = 'open' group by customer_id
            )
            select
                customer_id, 'points on hold', coalesce(open.points, 0)::text, coalesce(aside.points, 0)::text
            from aside full join open using (customer_id)
            where coalesce(open.points, 0) <> coalesce(aside.points, 0)
            order by customer_id
            """
        ).fetchall()


def select_reinstatement_differences(conn: Connection, customer_ids: Sequence[UUID]) -> list[Difference]:
    """Entries of these customers with which points expired, and of which more were given again.

    So is what was given again without an entry with which it had expired.
    """
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with again as materialized (
                select
                    (array_agg(customer_id))[1] as customer_id, basis ->> 'entry_id' as entry_id,
                    sum(points) as points
                from ledger.journal
                where entry_type = 'reinstate' and customer_id = any(%(ids)s::uuid[])
                group by 2
            )
            select
                again.customer_id, 'reinstated[' || coalesce(split_part(entry_id, '-', 6), 'nothing') || ']',
                again.points::text, coalesce(-expired.points, 0)::text
            from again
            -- After a merge the account that expired is another than the one to which the points are given again.
            left join ledger.journal as expired
                on expired.customer_id = left(again.entry_id, 36)::uuid
                and expired.seq = substr(again.entry_id, 38)::integer
                and expired.entry_type = 'expire'
            where again.points > coalesce(-expired.points, 0)
            order by 1, 2
            """,
            {"ids": uuid_array(customer_ids)},
        ).fetchall()


def select_capture_differences(conn: Connection) -> list[Difference]:
    """Captured holds of which the journal uses other points than they say, by the checkout or by a purchase."""
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with used as (
                select customer_id, basis ->> 'hold_id' as hold_id, -sum(points) as points
                from ledger.journal
                where entry_type = 'spend' and basis is not null and basis ->> 't' = 'hold'
                group by 1, 2
            ),
            captured as (
                select customer_id, hold_id::text as hold_id, captured_points as points
                from ledger.holds where state = 'captured'
            )
            select
                customer_id, 'points used of hold ' || hold_id, coalesce(captured.points, 0)::text,
                coalesce(used.points, 0)::text
            from used full join captured using (customer_id, hold_id)
            where coalesce(used.points, 0) <> coalesce(captured.points, 0)
            order by 1, 2
            """
        ).fetchall()
