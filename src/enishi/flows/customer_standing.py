"""The rank that customers hold, in the words of those who give benefits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.benefits import Standing, TierName

NO_LADDER = Standing(None, ())


def ladder_tiers(conn: Connection, now: datetime) -> tuple[TierName, ...]:
    """The tiers of the ladder in force, ascending; none before one is published."""
    del conn, now
    return ()


def load_standings(conn: Connection, customer_ids: Sequence[UUID], now: datetime) -> dict[UUID, Standing]:
    """How each of these customers stands: everybody holds the lowest tier at least, once there is a ladder."""
    tiers = ladder_tiers(conn, now)
    lowest = tiers[0].level if tiers else None
    return {one: Standing(lowest, tiers) for one in customer_ids}
