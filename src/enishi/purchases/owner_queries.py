"""The SQL of whose receipts are by now, where merges and their undoing have made them another's: ``purchases.owners``.

A fact is a receipt, or a return without one; a return of a receipt is whose the receipt is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import text_array, uuid_array


def select_owners(conn: Connection, fact_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whose these facts are by now; absent where it is still the customer they were booked on."""
    cursor = conn.execute(
        "select fact_id, customer_id from purchases.owners where fact_id = any(%s::uuid[])", (uuid_array(fact_ids),)
    )
    return dict(cursor.fetchall())


def select_facts(conn: Connection, customer_id: UUID) -> list[UUID]:
    """Every receipt that is a customer's by now, claimed ones too, and every return of theirs without a receipt."""
    cursor = conn.execute(
        """
        select purchase_id from purchases.purchases
        where customer_id = %(one)s and not exists (select from purchases.owners where fact_id = purchase_id)
        union
        select purchase_id from purchases.claims
        where customer_id = %(one)s and not exists (select from purchases.owners where fact_id = purchase_id)
        union
        select return_id from purchases.returns
        where
            customer_id = %(one)s and purchase_id is null
            and not exists (select from purchases.owners where fact_id = return_id)
        union
        select fact_id from purchases.owners where customer_id = %(one)s
        """,
        {"one": customer_id},
    )
    return [row[0] for row in cursor]


def hand_over_facts(conn: Connection, merge_id: UUID, fact_ids: Sequence[UUID], taker_id: UUID) -> None:
    """Make facts a customer's, and note that this merge or undo did it; what goes home needs no row any more."""
    conn.execute(
        """
        with moved as (
            insert into purchases.moves (merge_id, fact_id)
            select %(merge)s, fact_id from unnest(%(ids)s::uuid[]) as fact_id
        ),
        booked as (
            select wanted.fact_id, coalesce(claims.customer_id, purchases.customer_id, returns.customer_id) as home
            from unnest(%(ids)s::uuid[]) as wanted (fact_id)
            left join purchases.purchases on purchases.purchase_id = wanted.fact_id
            left join purchases.claims on claims.purchase_id = wanted.fact_id
            left join purchases.returns on returns.return_id = wanted.fact_id
        ),
        gone as (
            delete from purchases.owners
            where fact_id in (select fact_id from booked where home = %(taker)s)
        )
        insert into purchases.owners (fact_id, customer_id)
        select fact_id, %(taker)s from booked where home <> %(taker)s
        on conflict (fact_id) do update set customer_id = excluded.customer_id
        """,
        {"merge": merge_id, "ids": uuid_array(fact_ids), "taker": taker_id},
    )


def keep_returns_home(conn: Connection, customer_id: UUID, purchase_ids: Sequence[UUID]) -> None:
    """Say of receipts at home, some of whose returns another's account has booked, that they are their customer's."""
    conn.execute(
        """
        insert into purchases.owners (fact_id, customer_id)
        select distinct purchase_id, %(one)s::uuid from purchases.returns
        where purchase_id = any(%(ids)s::uuid[]) and customer_id <> %(one)s
        on conflict (fact_id) do update set customer_id = excluded.customer_id
        """,
        {"one": customer_id, "ids": uuid_array(purchase_ids)},
    )


def select_moved(conn: Connection, merge_id: UUID) -> list[UUID]:
    """The facts that a merge has brought to the survivor."""
    cursor = conn.execute("select fact_id from purchases.moves where merge_id = %s", (merge_id,))
    return [row[0] for row in cursor]


def select_shown_since(conn: Connection, customer_id: UUID, since: datetime) -> list[tuple[UUID, tuple[bytes, ...]]]:
    """Receipts booked on a customer and recorded since an instant, in that order, and what was shown with each."""
    cursor = conn.execute(
        """
        select purchase_id, identifiers from purchases.purchases
        where customer_id = %s and recorded_at >= %s
        order by recorded_at, purchase_id
        """,
        (customer_id, since),
    )
    return [(row[0], tuple(row[1])) for row in cursor]


def select_receipts_of_returns(conn: Connection, return_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The receipts of returns; one without is absent."""
    cursor = conn.execute(
        """
        select return_id, purchase_id from purchases.returns
        where return_id = any(%s::uuid[]) and purchase_id is not null
        """,
        (uuid_array(return_ids),),
    )
    return dict(cursor.fetchall())


def select_accounts_of(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """In whose account the entries of these receipts are; nobody's are absent."""
    cursor = conn.execute(
        """
        select purchase_id, coalesce(purchases.customer_id, claims.customer_id)
        from purchases.purchases
        left join purchases.claims using (purchase_id)
        where purchase_id = any(%s::uuid[]) and coalesce(purchases.customer_id, claims.customer_id) is not null
        """,
        (uuid_array(purchase_ids),),
    )
    return dict(cursor.fetchall())


def select_brought(
    conn: Connection, customer_id: UUID, before: tuple[datetime, UUID], stores: Sequence[str] | None, limit: int
) -> list[UUID]:
    """Receipts that were booked on somebody else and are a customer's by now, from before ``before``, newest first."""
    cursor = conn.execute(
        """
        select purchase_id
        from purchases.owners
        join purchases.purchases on purchase_id = fact_id
        where
            owners.customer_id = %(customer_id)s
            and (occurred_at, purchase_id) < (%(occurred_at)s, %(purchase_id)s)
            and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
        order by occurred_at desc, purchase_id desc
        limit %(limit)s
        """,
        {
            "customer_id": customer_id,
            "occurred_at": before[0],
            "purchase_id": before[1],
            "stores": None if stores is None else text_array(stores),
            "limit": limit,
        },
    )
    return [row[0] for row in cursor]


def select_months(conn: Connection, customer_id: UUID, zone: str) -> dict[date, tuple[int, int, int, int, int]]:
    """What is a customer's by now, by month, as rank progress keeps it but for points that were confirmed later.

    They are yen with tax and without, purchases, points earned, and the mask of days with a purchase that stands.
    """
    cursor = conn.execute(
        """
        with own as (
            select fact_id, customer_id from purchases.owners
        ),
        bought as (
            select purchase_id, occurred_at, total_yen as yen, purchases.net_of_tax(lines, tax_mode) as net,
                points_earned as points
            from purchases.purchases
            where customer_id = %(one)s
                and not exists (select from own where own.fact_id = purchase_id)
            union all
            select purchase_id, occurred_at, total_yen, net_yen, points_earned
            from purchases.claims
            where customer_id = %(one)s
                and not exists (select from own where own.fact_id = purchase_id)
            union all
            select purchase_id, purchases.occurred_at, coalesce(claims.total_yen, purchases.total_yen),
                coalesce(claims.net_yen, purchases.net_of_tax(lines, tax_mode)),
                coalesce(claims.points_earned, purchases.points_earned)
            from own
            join purchases.purchases on purchase_id = fact_id
            left join purchases.claims using (purchase_id)
            where own.customer_id = %(one)s
        ),
        facts as (
            select
                occurred_at at time zone %(zone)s as local_at, yen, net, 1 as purchases, points,
                not exists (
                    select from purchases.returns where returns.purchase_id = bought.purchase_id and completes
                ) as stands
            from bought
            union all
            select
                month::timestamp, -refund_yen, -refund_net_yen, -completes::integer,
                -(points_taken_back + points_absorbed), false
            from purchases.returns
            where
                month is not null and customer_id is not null
                and (
                    purchase_id in (select purchase_id from bought)
                    or (purchase_id is null and coalesce(
                        (select own.customer_id from own where own.fact_id = return_id), returns.customer_id
                    ) = %(one)s)
                )
        )
        select
            date_trunc('month', local_at)::date, sum(yen)::bigint, sum(net)::bigint, sum(purchases)::bigint,
            sum(points)::bigint,
            coalesce(bit_or(1 << (extract(day from local_at)::integer - 1)) filter (where stands), 0)
        from facts
        group by 1
        """,
        {"one": customer_id, "zone": zone},
    )
    return {row[0]: row[1:] for row in cursor}
