"""Ladders as the tests of flows publish them, and what is stored of ranks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from tests.flows.factories import LONG_AGO

from enishi import ranks
from enishi.ranks import AllOf, AtLeast, Criterion, Ladder, Measure, Policies, Reward, RollingMonths, TierRule

HALF_YEAR = RollingMonths(6)


def spent(yen: int, **filters: Any) -> AtLeast:
    """So much spent, with tax, within six months."""
    return AtLeast(Measure.AMOUNT_WITH_TAX, yen, HALF_YEAR, **filters)


def points_and_purchases(points: int, count: int) -> AllOf:
    """So many points earned and so many purchases within six months."""
    return AllOf((AtLeast(Measure.POINTS_EARNED, points, HALF_YEAR), AtLeast(Measure.PURCHASES, count, HALF_YEAR)))


def tier(code: str, criteria: Criterion | None, *rewards: Reward, permanent: bool = False) -> TierRule:
    """A tier of that code."""
    return TierRule(
        code=code,
        name_ja=code.upper(),
        name_en=code.title(),
        colour="#112233",
        criteria=criteria,
        rewards=rewards,
        permanent=permanent,
    )


def make_ladder(*tiers: TierRule, **policies: Any) -> Ladder:
    """A ladder above the lowest tier ``base``; by default silver from ¥3,000 and gold from ¥10,000."""
    above = tiers or (tier("silver", spent(3_000)), tier("gold", spent(10_000)))
    return Ladder(name="試験", tiers=(tier("base", None), *above), policies=Policies(**policies))


def publish(conn: psycopg.Connection, ladder: Ladder | None = None) -> None:
    """Publish a ladder, in force since ``LONG_AGO``."""
    with conn.transaction():
        ranks.publish_ladder(conn, ladder or make_ladder(), LONG_AGO, "system", "Opening of the tests", LONG_AGO)


def held(conn: psycopg.Connection, customer_id: UUID) -> tuple[Any, ...] | None:
    """Tier, since when and until when it is kept, and how many changes there were; None without any."""
    row = conn.execute(
        "select tier, since, keep_until, changes from ranks.standing where customer_id = %s", (customer_id,)
    ).fetchone()
    conn.rollback()
    return row


def changes(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    """Every change: from, to and why, in order."""
    found = conn.execute("select from_tier, to_tier, cause from ranks.changes order by customer_id, seq").fetchall()
    conn.rollback()
    return found
