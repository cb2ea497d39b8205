"""The SQL with which the schema ``ledger`` is proven; apart from ``queries`` because nothing else reads this much."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

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


def select_totals(conn: Connection, low: UUID, high: UUID) -> tuple[int, int, int, int, int]:
    """Accounts, entries, points issued, points redeemed and points outstanding of a slice ``low <= id < high``."""
    row = conn.execute(
        """
        select
            (select count(*) from ledger.accounts where customer_id >= %(low)s and customer_id < %(high)s),
            count(*),
            coalesce(sum(points) filter (where entry_type = 'earn'), 0)::bigint,
            coalesce(-sum(points) filter (where entry_type = 'spend'), 0)::bigint,
            coalesce(sum(points), 0)::bigint
        from ledger.journal
        where customer_id >= %(low)s and customer_id < %(high)s
        """,
        {"low": low, "high": high},
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_differences(conn: Connection, low: UUID, high: UUID) -> list[Difference]:
    """Where the accounts of a slice ``low <= id < high`` and their journal disagree, by account and by entry.

    Checked of each entry: the running sum is its ``balance_after``, its movements add up to its points but for what
    is owed (only a return or an adjustment makes an account owe, and what comes in is set against it before any lot
    gets something), its number follows the one before. Checked of each account: number of entries, balance, every lot.
    """
    with conn.cursor(row_factory=args_row(Difference)) as cursor:
        return cursor.execute(
            """
            with entries as materialized (
                select
                    customer_id, seq, entry_type, points, balance_after, lots,
                    sum(points) over account as running,
                    row_number() over account as position
                from ledger.journal
                where customer_id >= %(low)s and customer_id < %(high)s
                window account as (partition by customer_id order by seq)
            ),
            moves as materialized (
                select
                    entries.customer_id, entries.seq, entries.points,
                    move ->> 0 as kind, move ->> 1 as expires_on, (move ->> 2)::bigint as moved
                from entries cross join lateral json_array_elements(entries.lots) as move
            ),
            owing as (
                select
                    customer_id, seq, entries.entry_type, entries.points, coalesce(of_entry.moved, 0) as moved,
                    sum(coalesce(of_entry.moved, 0) - entries.points) over (
                        partition by customer_id order by seq
                    ) as owed
                from entries
                left join (
                    select customer_id, seq, sum(moved) as moved from moves group by customer_id, seq
                ) as of_entry using (customer_id, seq)
            ),
            moved as (
                select customer_id, kind, expires_on, sum(moved) as points
                from moves group by customer_id, kind, expires_on having sum(moved) <> 0
            ),
            lots as (
                select
                    customer_id,
                    jsonb_agg(jsonb_build_array(kind, expires_on, points) order by expires_on, kind) as lots
                from moved group by customer_id
            ),
            totals as (
                select customer_id, max(seq) as seq, sum(points) as balance from entries group by customer_id
            ),
            accounts as (
                select customer_id, seq, balance, lots
                from ledger.accounts where customer_id >= %(low)s and customer_id < %(high)s
            )
            select customer_id, 'journal[' || seq || '].balance_after', balance_after::text, running::text
            from entries where balance_after <> running
            union all
            select customer_id, 'journal[' || seq || '].seq', seq::text, position::text
            from entries where seq <> position
            union all
            select customer_id, 'journal[' || seq || '].lots', moved::text, points::text
            from owing
            where
                owed < 0
                or case
                    when points > 0 then moved > points or (moved <> points and moved > 0 and owed > 0)
                    when entry_type in ('take_back', 'adjust') then moved < points
                    else moved <> points
                end
            union all
            select
                customer_id, 'accounts.seq', coalesce(accounts.seq::text, 'no account'),
                coalesce(totals.seq, 0)::text
            from accounts full join totals using (customer_id)
            where coalesce(accounts.seq, -1) <> coalesce(totals.seq, 0)
            union all
            select customer_id, 'accounts.balance', accounts.balance::text, coalesce(totals.balance, 0)::text
            from accounts left join totals using (customer_id)
            where accounts.balance <> coalesce(totals.balance, 0)
            union all
            select customer_id, 'accounts.lots', accounts.lots::text, coalesce(lots.lots, '[]')::text
            from accounts left join lots using (customer_id)
            where accounts.lots <> coalesce(lots.lots, '[]')
            order by 1, 2
            """,
            {"low": low, "high": high},
        ).fetchall()


def stream_purchase_sums(conn: Connection) -> Iterator[tuple[tuple[UUID], tuple[int, ...]]]:
    """Per customer, ascending: points earned, points used and number of the entries that purchases led to, and points
    that returns took back and gave back.
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
                (purchase_id is not null and entry_type in ('earn', 'spend'))
                or entry_type in ('take_back', 'give_back')
            group by customer_id
            order by customer_id
            """
        )
        for customer_id, *sums in cursor:
            yield (customer_id,), tuple(sums)
