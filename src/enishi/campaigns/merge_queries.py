"""The SQL with which what members got of campaigns goes from one to another: ceilings count it, totals stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def move_usage(conn: Connection, giver_id: UUID, taker_id: UUID, at: datetime) -> None:
    """Let all that a member got of campaigns count for another."""
    conn.execute(
        """
        with counted as (
            select campaign_id, max(version) as version, period, sum(points)::int as points, sum(times)::int as times
            from campaigns.claims where customer_id = %(giver)s
            group by campaign_id, period
            having sum(points) <> 0 or sum(times) <> 0
        )
        insert into campaigns.claims (
            campaign_id, version, customer_id, purchase_id, store, reason, period, points, times, from_budget,
            from_store_budget, occurred_at, recorded_at
        )
        select
            campaign_id, version, side.customer_id, null, '', 'merge', period, side.sign * points, side.sign * times,
            false, false, %(at)s, %(at)s
        from counted
        cross join (values (%(giver)s::uuid, -1), (%(taker)s::uuid, 1)) as side (customer_id, sign)
        """,
        {"giver": giver_id, "taker": taker_id, "at": at},
    )


def part_usage(  # noqa: PLR0917 - both sides and what of them moves
    conn: Connection, survivor_id: UUID, absorbed_id: UUID, merged_at: datetime, fact_ids: Sequence[UUID], at: datetime
) -> None:
    """Give back what came with a merge, and what the absorbed side's receipts have got or given back since."""
    conn.execute(
        """
        with counted as (
            select campaign_id, max(version) as version, period, sum(points)::int as points, sum(times)::int as times
            from (
                select campaign_id, version, period, -points as points, -times as times
                from campaigns.claims
                where customer_id = %(absorbed)s and reason = 'merge' and recorded_at = %(merged_at)s
                union all
                select campaign_id, version, period, points, times
                from campaigns.claims
                where customer_id = %(survivor)s and purchase_id = any(%(facts)s::uuid[])
            ) as own
            group by campaign_id, period
            having sum(points) <> 0 or sum(times) <> 0
        )
        insert into campaigns.claims (
            campaign_id, version, customer_id, purchase_id, store, reason, period, points, times, from_budget,
            from_store_budget, occurred_at, recorded_at
        )
        select
            campaign_id, version, side.customer_id, null, '', 'merge', period, side.sign * points, side.sign * times,
            false, false, %(at)s, %(at)s
        from counted
        cross join (values (%(survivor)s::uuid, -1), (%(absorbed)s::uuid, 1)) as side (customer_id, sign)
        """,
        {
            "survivor": survivor_id,
            "absorbed": absorbed_id,
            "merged_at": merged_at,
            "facts": uuid_array(fact_ids),
            "at": at,
        },
    )


def add_segments(conn: Connection, giver_id: UUID, taker_id: UUID) -> list[str]:
    """Put a customer into every segment that another is in; returns those that are new."""
    rows = conn.execute(
        """
        insert into campaigns.segment_members (segment, customer_id)
        select segment, %s from campaigns.segment_members where customer_id = %s
        on conflict do nothing
        returning segment
        """,
        (taker_id, giver_id),
    ).fetchall()
    return [segment for (segment,) in rows]


def remove_segments(conn: Connection, customer_id: UUID, segments: Sequence[str]) -> None:
    """Take a customer out of segments."""
    conn.execute(
        "delete from campaigns.segment_members where customer_id = %s and segment = any(%s::text[])",
        (customer_id, list(segments)),
    )
