"""The SQL that proves accounts as sets, in two passes over the journal, and names those that it can not prove.

Who is named by neither is proven: the entries are numbered from 1 without a gap, each ``balance_after`` follows from
the one before, every entry's movements add up to its points, so that nothing was ever owed, and number, balance and
every lot of the account are the sums of its journal. The others are suspects: accounts that owe or owed points, those
to which expired points were given again, and those with which something is wrong. ``verify_queries`` tells them apart.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row


class Totals(Struct, frozen=True):
    """What a slice of accounts comes to, and which of them have to be looked at entry by entry."""

    accounts: int
    entries: int
    issued: int
    redeemed: int
    outstanding: int
    suspects: list[UUID]


def select_totals(conn: Connection, low: UUID, high: UUID) -> Totals:
    """Prove numbers and balances of the accounts of a slice ``low <= id < high``."""
    with conn.cursor(row_factory=args_row(Totals)) as cursor:
        row = cursor.execute(
            """
            with entries as (
                select
                    customer_id, seq, entry_type, points,
                    balance_after - lag(balance_after, 1, 0::bigint) over account as gained,
                    entry_type = 'spend' and basis is not null and basis ->> 'owed' is not null as says_owed
                from ledger.journal
                where customer_id >= %(low)s and customer_id < %(high)s
                window account as (partition by customer_id order by seq)
            ),
            totals as (
                select
                    customer_id, count(*) as entries, max(seq) as seq, sum(points) as balance,
                    bool_or(gained <> points or says_owed or entry_type = 'reinstate') as is_odd,
                    sum(points) filter (where entry_type = 'earn') as issued,
                    -sum(points) filter (where entry_type = 'spend') as redeemed
                from entries group by customer_id
            ),
            accounts as (
                select
                    customer_id, held, entries, issued, redeemed, balance,
                    held is distinct from coalesce(seq, 0) or held_balance is distinct from coalesce(balance, 0)
                    or entries <> seq or is_odd as is_odd
                from (
                    select customer_id, seq as held, balance as held_balance
                    from ledger.accounts where customer_id >= %(low)s and customer_id < %(high)s
                ) as accounts
                full join totals using (customer_id)
            )
            select
                count(held), coalesce(sum(entries), 0)::bigint, coalesce(sum(issued), 0)::bigint,
                coalesce(sum(redeemed), 0)::bigint, coalesce(sum(balance), 0)::bigint,
                coalesce(array_agg(customer_id) filter (where is_odd), '{}')
            from accounts
            """,
            {"low": low, "high": high},
        ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_odd_lots(conn: Connection, low: UUID, high: UUID) -> list[UUID]:
    """Accounts of a slice ``low <= id < high`` whose lots are not the sums of their journal's simplest reading.

    Nearly every entry moves one lot and has the one form that the product writes. That is read by its places, because
    parsing each as a document would take four times as long; whatever has another form is parsed.
    """
    cursor = conn.execute(
        """
        with entries as materialized (
            select
                customer_id, points, moves,
                case when moves is null then substr(document, 4, 14) end as slot,
                case
                    when moves is null then substr(document, 20, length(document) - 21)::bigint
                    else (select coalesce(sum((move ->> 2)::bigint), 0) from json_array_elements(moves) as move)
                end as moved
            from (
                select
                    customer_id, points, document,
                    case
                        when
                            document like '[["_","____-__-__",%%]]'
                            and translate(substr(document, 20, length(document) - 21), '-0123456789', '') = ''
                        then null
                        else document::json
                    end as moves
                from (
                    select customer_id, points, lots::text as document
                    from ledger.journal
                    where customer_id >= %(low)s and customer_id < %(high)s
                    offset 0
                ) as read
            ) as journal
        ),
        moved as (
            select customer_id, slot, sum(moved) as points, bool_or(moved <> points) as is_odd
            from entries where moves is null group by customer_id, slot
            union all
            select customer_id, (move ->> 0) || '","' || (move ->> 1), (move ->> 2)::bigint, moved <> points
            from entries cross join lateral json_array_elements(moves) as move where moves is not null
            union all
            select customer_id, '', 0, true from entries where moved <> points and moves is not null
        ),
        lots as materialized (
            select
                customer_id, (lot ->> 0) || '","' || (lot ->> 1) as slot, (lot ->> 2)::bigint as points,
                position <> row_number() over (partition by customer_id order by lot ->> 1, lot ->> 0) as misplaced
            from ledger.accounts
            cross join lateral jsonb_array_elements(lots) with ordinality as held (lot, position)
            where customer_id >= %(low)s and customer_id < %(high)s
        ),
        sums as (
            select customer_id, slot, sum(points) as points, bool_or(is_odd) as is_odd
            from moved group by customer_id, slot
        )
        select customer_id from sums full join lots using (customer_id, slot)
        where is_odd or coalesce(sums.points, 0) <> coalesce(lots.points, 0)
        union
        select customer_id from lots where misplaced or points = 0
        """,
        {"low": low, "high": high},
    )
    return [row[0] for row in cursor]
