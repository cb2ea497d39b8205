"""The rank that customers hold, in the words of those who give benefits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import ranks
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
