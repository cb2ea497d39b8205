"""The SQL of what campaigns gave and what is left to give, and of what they ask about members and weather."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.campaigns.claims import Claim
from enishi.campaigns.model import BudgetKey, Usage
from enishi.kit.arrays import date_array, instant_array, int_array, text_array, uuid_array

Shard = tuple[UUID, str, int, int]
"""Campaign, store, number of the shard and what is left in it."""


def select_free_shards(conn: Connection, keys: Sequence[BudgetKey], start: int, each: int) -> list[Shard]:
    """Lock up to ``each`` shards of each budget that have something left and that nobody holds; never waits.

    ``start`` turns the order round, so that transactions begin at different shards.
    """
    return conn.execute(
        """
        select free.campaign_id, free.store, free.shard, free.points_left
        from unnest(%(campaigns)s::uuid[], %(stores)s::text[]) as wanted (campaign_id, store)
        cross join lateral (
            select campaign_id, store, shard, points_left
            from campaigns.budgets
            where campaign_id = wanted.campaign_id and store = wanted.store and points_left > 0
            order by (shard + %(start)s) %% 16
            limit %(each)s
            for no key update skip locked
        ) as free
        """,
        {
            "campaigns": uuid_array([campaign_id for campaign_id, _ in keys]),
            "stores": text_array([store for _, store in keys]),
            "start": start,
            "each": each,
        },
    ).fetchall()


def lock_shards(conn: Connection, keys: Sequence[BudgetKey]) -> list[Shard]:
    """Lock all shards of these budgets, in ascending order, waiting for whoever holds one."""
    return conn.execute(
        """
        select campaign_id, store, shard, points_left
        from campaigns.budgets
        where (campaign_id, store) in (select * from unnest(%s::uuid[], %s::text[]))
        order by campaign_id, store, shard
        for no key update
        """,
        (uuid_array([campaign_id for campaign_id, _ in keys]), text_array([store for _, store in keys])),
    ).fetchall()


def select_budgets(conn: Connection, keys: Sequence[BudgetKey]) -> dict[BudgetKey, int]:
    """What is left of these budgets as it is committed, without locking; those that do not exist are absent."""
    rows = conn.execute(
        """
        select campaign_id, store, sum(points_left)::bigint
        from campaigns.budgets
        where (campaign_id, store) in (select * from unnest(%s::uuid[], %s::text[]))
        group by campaign_id, store
        """,
        (uuid_array([campaign_id for campaign_id, _ in keys]), text_array([store for _, store in keys])),
    ).fetchall()
    return {(campaign_id, store): left for campaign_id, store, left in rows}


def update_shards(conn: Connection, shards: Sequence[Shard]) -> None:
    """Write what is left in shards that this transaction holds."""
    conn.execute(
        """
        update campaigns.budgets set points_left = new.points_left
        from unnest(%s::uuid[], %s::text[], %s::smallint[], %s::bigint[])
            as new (campaign_id, store, shard, points_left)
        where
            budgets.campaign_id = new.campaign_id and budgets.store = new.store and budgets.shard = new.shard
        """,
        (
            uuid_array([one[0] for one in shards]),
            text_array([one[1] for one in shards]),
            int_array([one[2] for one in shards]),
            int_array([one[3] for one in shards]),
        ),
    )


def insert_shards(conn: Connection, shards: Sequence[Shard]) -> None:
    """Add the shards of new budgets."""
    conn.execute(
        """
        insert into campaigns.budgets (campaign_id, store, shard, points_left)
        select * from unnest(%s::uuid[], %s::text[], %s::smallint[], %s::bigint[])
        """,
        (
            uuid_array([one[0] for one in shards]),
            text_array([one[1] for one in shards]),
            int_array([one[2] for one in shards]),
            int_array([one[3] for one in shards]),
        ),
    )


def give_back(conn: Connection, key: BudgetKey, points: int) -> None:
    """Add to the shard of a budget that has least left; a budget that does not exist is left alone."""
    conn.execute(
        """
        update campaigns.budgets set points_left = points_left + %(points)s
        where
            campaign_id = %(campaign_id)s and store = %(store)s
            and shard = (
                select shard from campaigns.budgets
                where campaign_id = %(campaign_id)s and store = %(store)s
                order by points_left, shard limit 1
            )
        """,
        {"campaign_id": key[0], "store": key[1], "points": points},
    )


def select_granted(conn: Connection, campaign_id: UUID) -> dict[str, int]:
    """What was granted last to each budget that the campaign ever had, by store."""
    rows = conn.execute(
        """
        select distinct on (store) store, points from campaigns.grants
        where campaign_id = %s order by store, version desc
        """,
        (campaign_id,),
    ).fetchall()
    return dict(rows)


def insert_grants(conn: Connection, campaign_id: UUID, version: int, budgets: dict[str, int], at: datetime) -> None:
    """Note the budgets of a version that was approved, by store."""
    conn.execute(
        """
        insert into campaigns.grants (campaign_id, version, store, points, granted_at)
        select %s, %s, store, points, %s from unnest(%s::text[], %s::bigint[]) as new (store, points)
        """,
        (campaign_id, version, at, text_array(budgets), int_array(budgets.values())),
    )


def insert_claims(conn: Connection, claims: Sequence[Claim], recorded_at: datetime) -> None:
    """Add what campaigns gave, or what was given back to them."""
    conn.execute(
        """
        insert into campaigns.claims (
            campaign_id, version, customer_id, purchase_id, store, reason, period, points, times, from_budget,
            from_store_budget, occurred_at, recorded_at
        )
        select
            campaign_id, version, customer_id, purchase_id, store, reason, period, points, times, from_budget = 1,
            from_store_budget = 1, occurred_at, %s
        from unnest(
            %s::uuid[], %s::int[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::int[],
            %s::smallint[], %s::int[], %s::int[], %s::timestamptz[]
        ) as new (
            campaign_id, version, customer_id, purchase_id, store, reason, period, points, times, from_budget,
            from_store_budget, occurred_at
        )
        """,
        (
            recorded_at,
            uuid_array([one.campaign_id for one in claims]),
            int_array([one.version for one in claims]),
            uuid_array([one.customer_id for one in claims]),
            uuid_array([one.purchase_id for one in claims]),
            text_array([one.store for one in claims]),
            text_array([one.reason for one in claims]),
            text_array([one.period for one in claims]),
            int_array([one.points for one in claims]),
            int_array([one.times for one in claims]),
            int_array([int(one.from_budget) for one in claims]),
            int_array([int(one.from_store_budget) for one in claims]),
            instant_array([one.occurred_at for one in claims]),
        ),
    )


def select_usage(
    conn: Connection, customer_ids: Sequence[UUID], campaign_ids: Sequence[UUID], before: datetime | None
) -> dict[tuple[UUID, UUID, str], Usage]:
    """What each of these members got of these campaigns, by period; with ``before``, as recorded before then."""
    rows = conn.execute(
        """
        select customer_id, campaign_id, period, sum(points)::bigint, sum(times)::bigint
        from campaigns.claims
        where
            customer_id = any(%(customers)s::uuid[]) and campaign_id = any(%(campaigns)s::uuid[])
            and (%(before)s::timestamptz is null or recorded_at < %(before)s)
        group by customer_id, campaign_id, period
        """,
        {"customers": uuid_array(customer_ids), "campaigns": uuid_array(campaign_ids), "before": before},
    ).fetchall()
    return {
        (customer_id, campaign_id, period): Usage(points, times)
        for customer_id, campaign_id, period, points, times in rows
    }


def select_given(conn: Connection, customer_ids: Sequence[UUID], purchase_ids: Sequence[UUID]) -> list[Claim]:
    """What campaigns gave for purchases of these customers, less what returns gave back; one row each."""
    rows = conn.execute(
        """
        select
            campaign_id, version, customer_id, purchase_id, store, 'award', period, sum(points)::int,
            sum(times)::int, from_budget, from_store_budget, min(occurred_at)
        from campaigns.claims
        where customer_id = any(%s::uuid[]) and purchase_id = any(%s::uuid[])
        group by campaign_id, version, customer_id, purchase_id, store, period, from_budget, from_store_budget
        """,
        (uuid_array(customer_ids), uuid_array(purchase_ids)),
    ).fetchall()
    return [Claim(*row) for row in rows]


def select_segments(
    conn: Connection, customer_ids: Sequence[UUID], segments: Sequence[str]
) -> dict[UUID, frozenset[str]]:
    """Which of these segments each of these customers is in; who is in none is absent."""
    rows = conn.execute(
        """
        select customer_id, array_agg(segment)
        from campaigns.segment_members
        where customer_id = any(%s::uuid[]) and segment = any(%s::text[])
        group by customer_id
        """,
        (uuid_array(customer_ids), text_array(segments)),
    ).fetchall()
    return {customer_id: frozenset(found) for customer_id, found in rows}


def select_existing_segments(conn: Connection, segments: Sequence[str]) -> frozenset[str]:
    """Which of these segments anybody is in."""
    rows = conn.execute(
        "select distinct segment from campaigns.segment_members where segment = any(%s::text[])",
        (text_array(segments),),
    ).fetchall()
    return frozenset(segment for (segment,) in rows)


def select_weather(conn: Connection, days: Sequence[date]) -> dict[date, list[tuple[str, int, str]]]:
    """The flags of these days: store, hour (-1: the whole day) and flag."""
    found: dict[date, list[tuple[str, int, str]]] = {}
    for day, store, hour, flag in conn.execute(
        "select day, store, hour, flag from campaigns.weather where day = any(%s::date[])", (date_array(days),)
    ):
        found.setdefault(day, []).append((store, hour, flag))
    return found


def insert_weather(conn: Connection, rows: Sequence[tuple[str, date, int, str]]) -> None:
    """Add flags: store, day, hour and flag; what is there already stays."""
    conn.execute(
        """
        insert into campaigns.weather (store, day, hour, flag)
        select * from unnest(%s::text[], %s::date[], %s::smallint[], %s::text[])
        on conflict do nothing
        """,
        (
            text_array([one[0] for one in rows]),
            date_array([one[1] for one in rows]),
            int_array([one[2] for one in rows]),
            text_array([one[3] for one in rows]),
        ),
    )


def insert_segment_members(conn: Connection, segment: str, customer_ids: Sequence[UUID]) -> None:
    """Add customers to a segment; who is in it already stays."""
    conn.execute(
        """
        insert into campaigns.segment_members (segment, customer_id)
        select %s, customer_id from unnest(%s::uuid[]) as customer_id
        on conflict do nothing
        """,
        (segment, uuid_array(customer_ids)),
    )


def select_budget_differences(conn: Connection) -> list[tuple[str, str, str, str]]:
    """Budgets whose shards are not what was granted less what was claimed: name, field, found, derived."""
    return conn.execute(
        """
        with granted as (
            select distinct on (campaign_id, store) campaign_id, store, points
            from campaigns.grants order by campaign_id, store, version desc
        ),
        used as (
            select campaign_id, '' as store, sum(points) as points
            from campaigns.claims where from_budget group by campaign_id
            union all
            select campaign_id, store, sum(points)
            from campaigns.claims where from_store_budget group by campaign_id, store
        ),
        held as (
            select campaign_id, store, sum(points_left) as points from campaigns.budgets group by campaign_id, store
        )
        select code || case when store = '' then '' else ' ' || store end, 'points left of the budget',
            coalesce(held.points::text, 'no shards'), (granted.points - coalesce(used.points, 0))::text
        from granted
        join campaigns.campaigns using (campaign_id)
        left join used using (campaign_id, store)
        left join held using (campaign_id, store)
        where held.points is distinct from granted.points - coalesce(used.points, 0)
        order by 1
        """
    ).fetchall()


def select_figures(conn: Connection, campaign_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """What campaigns gave so far, less returns: points, and receipts."""
    rows = conn.execute(
        """
        select campaign_id, sum(points)::bigint, sum(times)::bigint
        from campaigns.claims where campaign_id = any(%s) group by campaign_id
        """,
        (list(campaign_ids),),
    ).fetchall()
    return {campaign_id: (points, times) for campaign_id, points, times in rows}


def count_members(conn: Connection, campaign_id: UUID) -> int:
    """How many members a campaign gave something; grouped by hashing, where ``count(distinct …)`` would sort them."""
    row = conn.execute(
        """
        select count(*) from (select from campaigns.claims where campaign_id = %s group by customer_id) as members
        """,
        (campaign_id,),
    ).fetchone()
    return 0 if row is None else row[0]


def sum_given(conn: Connection, campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The points that campaigns gave so far, less returns."""
    rows = conn.execute(
        """
        select campaign_id, sum(points)::bigint
        from campaigns.claims where campaign_id = any(%s) group by campaign_id
        """,
        (list(campaign_ids),),
    ).fetchall()
    return dict(rows)


def stream_customer_sums(conn: Connection) -> Iterator[tuple[tuple[UUID], tuple[int, ...]]]:
    """Per customer, ascending: points that campaigns gave them, before returns, and how often."""
    with conn.cursor(name="campaign_sums") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select customer_id, sum(points)::bigint, count(*)
            from campaigns.claims where reason not in ('return', 'merge')
            group by customer_id order by customer_id
            """
        )
        for customer_id, *sums in cursor:
            yield (customer_id,), tuple(sums)
