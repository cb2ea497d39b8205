"""The SQL of when customers came: what campaigns ask of a member's past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def select_visits(
    conn: Connection, customer_ids: Sequence[UUID], zone: str, before: datetime | None
) -> dict[UUID, tuple[int, list[date]]]:
    """Per customer who bought: how many purchases, and the days of them in a zone; what they claimed is among it.

    With ``before``, only what was recorded before then.
    """
    rows = conn.execute(
        """
        select customer_id, count(*), array_agg(distinct (occurred_at at time zone %(zone)s)::date)
        from (
            select customer_id, occurred_at
            from purchases.purchases
            where
                customer_id = any(%(customers)s::uuid[])
                and (%(before)s::timestamptz is null or recorded_at < %(before)s)
                and not exists (select from purchases.owners where fact_id = purchase_id)
            union all
            select customer_id, occurred_at
            from purchases.claims
            where
                customer_id = any(%(customers)s::uuid[])
                and (%(before)s::timestamptz is null or claimed_at < %(before)s)
                and not exists (select from purchases.owners where fact_id = purchase_id)
            union all
            select owners.customer_id, purchases.occurred_at
            from purchases.owners
            join purchases.purchases on purchase_id = fact_id
            left join purchases.claims using (purchase_id)
            where
                owners.customer_id = any(%(customers)s::uuid[])
                and (
                    %(before)s::timestamptz is null
                    or coalesce(claims.claimed_at, purchases.recorded_at) < %(before)s
                )
        ) as bought
        group by customer_id
        """,
        {"customers": uuid_array(customer_ids), "zone": zone, "before": before},
    ).fetchall()
    return {customer_id: (count, days) for customer_id, count, days in rows}
