"""The rank that customers hold, in the words of those who give benefits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import customers, ranks
from enishi.benefits import Standing, TierName

NO_LADDER = Standing(None, ())


def ladder_tiers(conn: Connection, now: datetime) -> tuple[TierName, ...]:
    """The tiers of the ladder in force, ascending; none before one is published."""
    return tuple(
        TierName(one.code, one.level, one.name_ja, one.name_en, one.colour) for one in ranks.current_tiers(conn, now)
    )


def load_standings(conn: Connection, customer_ids: Sequence[UUID], now: datetime) -> dict[UUID, Standing]:
    """How each of these customers stands: everybody holds the lowest tier at least, once there is a ladder."""
    tiers = ladder_tiers(conn, now)
    held = ranks.load_held(conn, customer_ids, now) if tiers else {}
    return {one: Standing(held[one].level if one in held else None, tiers) for one in customer_ids}


def count_members_by_tier(conn: Connection, now: datetime) -> dict[str, int]:
    """How many members hold each tier of the ladder in force, in its order; everybody holds the lowest at least."""
    tiers = ranks.current_tiers(conn, now)
    counts = ranks.count_by_tier(conn) if tiers else {}
    everybody, _ = customers.count_joined(conn, now, now) if tiers else (0, 0)
    above = sum(counts.get(one.code, 0) for one in tiers[1:])
    return {one.code: everybody - above if one.level == 0 else counts.get(one.code, 0) for one in tiers}
