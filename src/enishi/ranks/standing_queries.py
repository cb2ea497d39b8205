"""The SQL of ``ranks.standing``, ``ranks.changes``, ``ranks.rewards`` and ``ranks.notices``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.arrays import instant_array, int_array, json_array, text_array, text_arrays, uuid_array
from enishi.ranks.model import Cause, ChangeBasis, Earned, GivenReward, Notice, Override, RankChange, Standing

_encode = msgspec.json.Encoder().encode
_decode_basis = msgspec.json.Decoder(ChangeBasis).decode


def ask_standing(conn: Connection, customer_ids: Sequence[UUID]) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask for the ranks that these customers hold, as ``make_standing`` reads them; who never had one is absent."""
    return conn.execute(
        """
        select
            customer_id, tier, level, since, keep_until, permanent_tier, override_tier, override_exact,
            override_until, changes, noticed_for, rewarded, earned_tier, earned_until
        from ranks.standing
        where customer_id = any(%s::uuid[])
        """,
        (uuid_array(customer_ids),),
        binary=True,
    ).fetchall


def make_standing(row: Sequence[Any]) -> Standing:
    """A standing as it is read."""
    return Standing(
        customer_id=row[0],
        tier=row[1],
        level=row[2],
        since=row[3],
        keep_until=row[4],
        permanent_tier=row[5],
        override=None if row[6] is None else Override(row[6], row[7], row[8]),
        changes=row[9],
        noticed_for=row[10],
        rewarded=tuple(row[11]),
        earned=None if row[12] is None else Earned(row[12], row[13]),
    )


def upsert_standings(conn: Connection, rows: Sequence[Standing]) -> None:
    """Write ranks held. The accounts are locked, so no two transactions write one row at once."""
    overrides = [one.override for one in rows]
    conn.execute(
        """
        insert into ranks.standing as held (
            customer_id, tier, level, since, keep_until, permanent_tier, override_tier, override_exact,
            override_until, changes, noticed_for, rewarded, earned_tier, earned_until
        )
        select
            customer_id, tier, level, since, keep_until::date, permanent_tier, override_tier, override_exact = 1,
            override_until::date, changes, noticed_for::date, rewarded::text[], earned_tier, earned_until::date
        from unnest(
            %s::uuid[], %s::text[], %s::smallint[], %s::timestamptz[], %s::text[], %s::text[], %s::text[],
            %s::smallint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[]
        ) as new (
            customer_id, tier, level, since, keep_until, permanent_tier, override_tier, override_exact,
            override_until, changes, noticed_for, rewarded, earned_tier, earned_until
        )
        on conflict (customer_id) do update set
            tier = excluded.tier,
            level = excluded.level,
            since = excluded.since,
            keep_until = excluded.keep_until,
            permanent_tier = excluded.permanent_tier,
            override_tier = excluded.override_tier,
            override_exact = excluded.override_exact,
            override_until = excluded.override_until,
            changes = excluded.changes,
            noticed_for = excluded.noticed_for,
            rewarded = excluded.rewarded,
            earned_tier = excluded.earned_tier,
            earned_until = excluded.earned_until
        """,
        (
            uuid_array([one.customer_id for one in rows]),
            text_array([one.tier for one in rows]),
            int_array([one.level for one in rows]),
            instant_array([one.since for one in rows]),
            text_array([_day(one.keep_until) for one in rows]),
            text_array([one.permanent_tier for one in rows]),
            text_array([None if one is None else one.tier for one in overrides]),
            int_array([one is not None and one.exact for one in overrides]),
            text_array([None if one is None else _day(one.until) for one in overrides]),
            int_array([one.changes for one in rows]),
            text_array([_day(one.noticed_for) for one in rows]),
            text_arrays([one.rewarded for one in rows]),
            text_array([None if one.earned is None else one.earned.tier for one in rows]),
            text_array([None if one.earned is None else _day(one.earned.until) for one in rows]),
        ),
    )


def confirm_standings(conn: Connection, customer_ids: Sequence[UUID], tiers: Sequence[str], until: date) -> int:
    """Keep ranks through a day, where they are still of the tier and not kept for longer; returns how many changed.

    The accounts are locked.
    """
    return conn.execute(
        """
        update ranks.standing as held
        set
            keep_until = %(until)s::date,
            earned_until = case when held.earned_tier = held.tier then %(until)s::date else held.earned_until end
        from unnest(%(customers)s::uuid[], %(tiers)s::text[]) as wanted (customer_id, tier)
        where
            held.customer_id = wanted.customer_id
            and held.tier = wanted.tier
            and (held.keep_until is null or held.keep_until < %(until)s::date)
        """,
        {"until": until, "customers": uuid_array(customer_ids), "tiers": text_array(tiers)},
    ).rowcount


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def insert_changes(conn: Connection, changes: Sequence[RankChange]) -> None:
    """Add changes of ranks."""
    conn.execute(
        """
        insert into ranks.changes (
            customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until, actor, reason, basis
        )
        select
            customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until::date, actor, reason, basis
        from unnest(
            %s::uuid[], %s::int[], %s::text[], %s::smallint[], %s::text[], %s::smallint[], %s::timestamptz[],
            %s::timestamptz[], %s::text[], %s::int[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::json[]
        ) as new (
            customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until, actor, reason, basis
        )
        """,
        (
            uuid_array([one.customer_id for one in changes]),
            int_array([one.seq for one in changes]),
            text_array([one.from_tier for one in changes]),
            int_array([one.from_level for one in changes]),
            text_array([one.to_tier for one in changes]),
            int_array([one.to_level for one in changes]),
            instant_array([one.effective_at for one in changes]),
            instant_array([one.recorded_at for one in changes]),
            text_array([one.cause for one in changes]),
            int_array([one.ladder_version for one in changes]),
            uuid_array([one.subject_id for one in changes]),
            text_array([_day(one.keep_until) for one in changes]),
            text_array([one.actor for one in changes]),
            text_array([one.reason for one in changes]),
            json_array([_encode(one.basis) for one in changes]),
        ),
    )


def make_change(row: Sequence[Any]) -> RankChange:
    """A change as it is read."""
    return RankChange(
        customer_id=row[0],
        seq=row[1],
        from_tier=row[2],
        from_level=row[3],
        to_tier=row[4],
        to_level=row[5],
        effective_at=row[6],
        recorded_at=row[7],
        cause=Cause(row[8]),
        ladder_version=row[9],
        subject_id=row[10],
        keep_until=row[11],
        actor=row[12],
        reason=row[13],
        basis=_decode_basis(row[14]),
    )


def select_changes(conn: Connection, customer_ids: Sequence[UUID], limit: int) -> list[RankChange]:
    """The changes of customers, each customer's newest first; at most ``limit`` in all."""
    cursor = conn.execute(
        """
        select
            customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until, actor, reason, basis::text
        from ranks.changes
        where customer_id = any(%s::uuid[])
        order by customer_id, seq desc
        limit %s
        """,
        (uuid_array(customer_ids), limit),
    )
    return [make_change(row) for row in cursor]


def select_overrides(conn: Connection) -> list[RankChange]:
    """Every change by hand, and every end of one, in the order in which they were made."""
    cursor = conn.execute(
        """
        select
            customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until, actor, reason, basis::text
        from ranks.changes
        where cause in ('override', 'override_ended')
        order by recorded_at, customer_id, seq
        """
    )
    return [make_change(row) for row in cursor]


def select_newest_changes(conn: Connection, customer_ids: Sequence[UUID]) -> list[RankChange]:
    """The newest change of each of these customers; who has none is absent."""
    cursor = conn.execute(
        """
        select
            newest.customer_id, seq, from_tier, from_level, to_tier, to_level, effective_at, recorded_at, cause,
            ladder_version, subject_id, keep_until, actor, reason, basis::text
        from unnest(%s::uuid[]) as wanted (customer_id)
        cross join lateral (
            select * from ranks.changes
            where changes.customer_id = wanted.customer_id
            order by seq desc
            limit 1
        ) as newest
        """,
        (uuid_array(customer_ids),),
    )
    return [make_change(row) for row in cursor]


def select_tiers_at(
    conn: Connection, customer_ids: Sequence[UUID], instants: Sequence[datetime]
) -> list[tuple[str | None, int | None]]:
    """Tier and level that each customer held at its instant, in order; None was the lowest, without any change yet.

    The first change after the instant tells what was held before it; if there is none, the newest one what is held.
    """
    cursor = conn.execute(
        """
        select coalesce(later.from_tier, newest.to_tier), coalesce(later.from_level, newest.to_level)
        from unnest(%s::uuid[], %s::timestamptz[]) with ordinality as wanted (customer_id, instant, number)
        left join lateral (
            select from_tier, from_level
            from ranks.changes
            where changes.customer_id = wanted.customer_id and effective_at > wanted.instant
            order by seq
            limit 1
        ) as later on true
        left join lateral (
            select to_tier, to_level
            from ranks.changes
            where changes.customer_id = wanted.customer_id
            order by seq desc
            limit 1
        ) as newest on true
        order by wanted.number
        """,
        (uuid_array(customer_ids), instant_array(instants)),
    )
    return cursor.fetchall()


def insert_rewards(conn: Connection, rewards: Sequence[GivenReward]) -> None:
    """Add what changes gave; the same reward of the same change a second time is a unique violation."""
    conn.execute(
        """
        insert into ranks.rewards (customer_id, seq, tier, code, kind, name, points, entry_seq, given_at)
        select customer_id, seq, tier, code, kind, name, nullif(points, 0), nullif(entry_seq, 0), given_at
        from unnest(
            %s::uuid[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[],
            %s::timestamptz[]
        ) as new (customer_id, seq, tier, code, kind, name, points, entry_seq, given_at)
        """,
        (
            uuid_array([one.customer_id for one in rewards]),
            int_array([one.seq for one in rewards]),
            text_array([one.tier for one in rewards]),
            text_array([one.code for one in rewards]),
            text_array([one.kind for one in rewards]),
            text_array([one.name for one in rewards]),
            int_array([one.points or 0 for one in rewards]),
            int_array([one.entry_seq or 0 for one in rewards]),
            instant_array([one.given_at for one in rewards]),
        ),
    )


def select_rewards(conn: Connection, customer_id: UUID, limit: int) -> list[GivenReward]:
    """What changes of rank gave a customer, newest first."""
    cursor = conn.execute(
        """
        select customer_id, seq, tier, code, kind, name, points, entry_seq, given_at, consumed_at
        from ranks.rewards
        where customer_id = %s
        order by seq desc, tier, code
        limit %s
        """,
        (customer_id, limit),
    )
    return [GivenReward(**dict(zip(GivenReward.__struct_fields__, row, strict=True))) for row in cursor]


def insert_notices(conn: Connection, notices: Sequence[Notice]) -> None:
    """Request messages ahead of downgrades; one for each end of a rank, whoever asks how often."""
    conn.execute(
        """
        insert into ranks.notices (customer_id, keep_until, tier, falls_on, falls_to, basis, requested_at)
        select customer_id, keep_until::date, tier, falls_on::date, falls_to, basis, requested_at
        from unnest(
            %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::json[], %s::timestamptz[]
        ) as new (customer_id, keep_until, tier, falls_on, falls_to, basis, requested_at)
        on conflict do nothing
        """,
        (
            uuid_array([one.customer_id for one in notices]),
            text_array([one.keep_until.isoformat() for one in notices]),
            text_array([one.tier for one in notices]),
            text_array([one.falls_on.isoformat() for one in notices]),
            text_array([one.falls_to for one in notices]),
            json_array([_encode(one.basis) for one in notices]),
            instant_array([one.requested_at for one in notices]),
        ),
    )


def count_by_tier(conn: Connection) -> dict[str, int]:
    """How many members hold each tier; who has no row, and so the lowest, is not counted."""
    return dict(conn.execute("select tier, count(*) from ranks.standing group by tier").fetchall())


def select_members_of(
    conn: Connection, tier: str, after: UUID | None, limit: int
) -> list[tuple[UUID, datetime, date | None]]:
    """Members who hold a tier, after a customer: since when, and until when it is kept."""
    return conn.execute(
        """
        select customer_id, since, keep_until
        from ranks.standing
        where tier = %(tier)s and (%(after)s::uuid is null or customer_id > %(after)s::uuid)
        order by customer_id
        limit %(limit)s
        """,
        {"tier": tier, "after": after, "limit": limit},
    ).fetchall()


def select_ended_overrides(conn: Connection, today: date, limit: int) -> list[UUID]:
    """Customers whose override ended before today."""
    return [
        row[0]
        for row in conn.execute(
            "select customer_id from ranks.standing where override_until < %s order by customer_id limit %s",
            (today, limit),
        )
    ]


def select_ending(conn: Connection, until: date, after: UUID | None, limit: int) -> list[UUID]:
    """Members whose rank ends by a day and who were not told of that end yet, ascending, after a customer."""
    return [
        row[0]
        for row in conn.execute(
            """
            select customer_id
            from ranks.standing
            where
                keep_until <= %(until)s
                and noticed_for is distinct from keep_until
                and (%(after)s::uuid is null or customer_id > %(after)s::uuid)
            order by customer_id
            limit %(limit)s
            """,
            {"until": until, "after": after, "limit": limit},
        )
    ]
