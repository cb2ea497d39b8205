"""The SQL by which ranks are counted and proven: what customers bought, net of what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import instant_array, uuid_array


def stream_month_sums(
    conn: Connection, zone: str, low: UUID, high: UUID
) -> Iterator[tuple[tuple[UUID, date], tuple[int, ...]]]:
    """Per customer of ``low <= id < high`` and month of a zone, ascending: sums as rank progress keeps them.

    They are yen with tax and without, purchases, points earned, and the mask of days, in which a day (bit 0 is the
    first) stands while a purchase of it has not come back whole.
    """
    with conn.cursor(name="month_sums") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            with whole as (
                select purchase_id from purchases.returns where completes and purchase_id is not null
            ),

            facts as (
                select
                    coalesce(owners.customer_id, purchases.customer_id) as customer_id,
                    occurred_at at time zone %(zone)s as local_at, total_yen as yen,
                    purchases.net_of_tax(lines, tax_mode) as net, 1 as purchases, points_earned as points,
                    whole.purchase_id is null as stands
                from purchases.purchases
                left join whole using (purchase_id)
                left join purchases.owners on owners.fact_id = purchases.purchase_id
                where purchases.customer_id is not null
                union all
                select
                    coalesce(owners.customer_id, claims.customer_id), occurred_at at time zone %(zone)s, total_yen,
                    net_yen, 1, points_earned, whole.purchase_id is null
                from purchases.claims
                left join whole using (purchase_id)
                left join purchases.owners on owners.fact_id = claims.purchase_id
                union all
                select
                    coalesce(owners.customer_id, returns.customer_id), month::timestamp, -refund_yen,
                    -refund_net_yen, -completes::integer, -(points_taken_back + points_absorbed), false
                from purchases.returns
                left join purchases.owners on owners.fact_id = coalesce(returns.purchase_id, returns.return_id)
                where month is not null and returns.customer_id is not null
            )

            select
                customer_id, date_trunc('month', local_at)::date as month, sum(yen)::bigint, sum(net)::bigint,
                sum(purchases)::bigint, sum(points)::bigint,
                coalesce(bit_or(1 << (extract(day from local_at)::integer - 1)) filter (where stands), 0)
            from facts
            where customer_id >= %(low)s and customer_id < %(high)s
            group by 1, 2
            order by 1, 2
            """,
            {"zone": zone, "low": low, "high": high},
        )
        for customer_id, month, *sums in cursor:
            yield (customer_id, month), tuple(sums)


def select_bought_between(
    conn: Connection, customer_ids: Sequence[UUID], begins: Sequence[datetime], ends: Sequence[datetime]
) -> list[bool]:
    """Of each customer and span of time, in order: whether there is a purchase that has not come back whole."""
    cursor = conn.execute(
        """
        select
            exists (
                select from purchases.purchases
                where
                    purchases.customer_id = wanted.customer_id
                    and occurred_at >= wanted.begins and occurred_at < wanted.ends
                    and not exists (select from purchases.owners where fact_id = purchases.purchase_id)
                    and not exists (
                        select from purchases.returns
                        where returns.purchase_id = purchases.purchase_id and completes
                    )
            )
            or exists (
                select from purchases.owners
                join purchases.purchases on purchases.purchase_id = owners.fact_id
                where
                    owners.customer_id = wanted.customer_id
                    and occurred_at >= wanted.begins and occurred_at < wanted.ends
                    and not exists (
                        select from purchases.returns
                        where returns.purchase_id = purchases.purchase_id and completes
                    )
            )
            or exists (
                select from purchases.claims
                where
                    claims.customer_id = wanted.customer_id
                    and occurred_at >= wanted.begins and occurred_at < wanted.ends
                    and not exists (select from purchases.owners where fact_id = claims.purchase_id)
                    and not exists (
                        select from purchases.returns
                        where returns.purchase_id = claims.purchase_id and completes
                    )
            )
        from unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[]) with ordinality
            as wanted (customer_id, begins, ends, number)
        order by wanted.number
        """,
        (uuid_array(customer_ids), instant_array(begins), instant_array(ends)),
    )
    return [row[0] for row in cursor]


def ask_bought(conn: Connection, customer_ids: Sequence[UUID], since: datetime) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask for what customers bought since an instant, net of what came back of it; claimed receipts are theirs.

    A row is purchase, customer, when, channel, store, yen with tax and without, points earned, and whether any of it is
    left. Goods that came back without a receipt are rows of their own, which take off and do not stand.
    """
    return conn.execute(
        """
        select
            bought.purchase_id, bought.customer_id, occurred_at, channel, store, bought.yen - coalesce(back.yen, 0),
            bought.net - coalesce(back.net, 0), (bought.points - coalesce(back.points, 0))::bigint,
            not coalesce(back.whole, false)
        from (
            select
                purchase_id, customer_id, occurred_at, channel, store, total_yen as yen,
                purchases.net_of_tax(lines, tax_mode) as net, points_earned::bigint as points
            from purchases.purchases
            where
                customer_id = any(%(customer_ids)s::uuid[]) and occurred_at >= %(since)s
                and not exists (select from purchases.owners where fact_id = purchase_id)
            union all
            select
                claims.purchase_id, claims.customer_id, claims.occurred_at, channel, store, claims.total_yen,
                claims.net_yen, claims.points_earned
            from purchases.claims
            join purchases.purchases using (purchase_id)
            where
                claims.customer_id = any(%(customer_ids)s::uuid[]) and claims.occurred_at >= %(since)s
                and not exists (select from purchases.owners where fact_id = claims.purchase_id)
            union all
            select
                purchases.purchase_id, owners.customer_id, purchases.occurred_at, channel, store,
                coalesce(claims.total_yen, purchases.total_yen),
                coalesce(claims.net_yen, purchases.net_of_tax(lines, tax_mode)),
                coalesce(claims.points_earned, purchases.points_earned)::bigint
            from purchases.owners
            join purchases.purchases on purchases.purchase_id = owners.fact_id
            left join purchases.claims on claims.purchase_id = owners.fact_id
            where owners.customer_id = any(%(customer_ids)s::uuid[]) and purchases.occurred_at >= %(since)s
        ) as bought
        left join lateral (
            select
                sum(refund_yen)::bigint as yen, sum(refund_net_yen)::bigint as net,
                sum(points_taken_back + points_absorbed) as points, bool_or(completes) as whole
            from purchases.returns
            where returns.purchase_id = bought.purchase_id and returns.customer_id is not null
        ) as back on true
        union all
        select
            return_id, customer_id, occurred_at, 'pos', store, -refund_yen, -refund_net_yen,
            -(points_taken_back + points_absorbed)::bigint, false
        from purchases.returns
        where
            purchase_id is null and customer_id = any(%(customer_ids)s::uuid[]) and occurred_at >= %(since)s
            and not exists (select from purchases.owners where fact_id = return_id)
        union all
        select
            return_id, owners.customer_id, occurred_at, 'pos', store, -refund_yen, -refund_net_yen,
            -(points_taken_back + points_absorbed)::bigint, false
        from purchases.owners
        join purchases.returns on returns.return_id = owners.fact_id
        where
            owners.customer_id = any(%(customer_ids)s::uuid[]) and purchase_id is null and occurred_at >= %(since)s
        """,
        {"customer_ids": uuid_array(customer_ids), "since": since},
        binary=True,
    ).fetchall
