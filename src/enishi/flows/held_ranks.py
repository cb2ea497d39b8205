"""The ranks of customers as reservations look at them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import ranks
from enishi.reservations import Rank


def rank_of(conn: Connection, customer_id: UUID | None, now: datetime) -> Rank:
    """The rank that a customer holds, and every rank's level; None is somebody unknown. Without a ladder, nothing."""
    levels = {one.code: one.level for one in ranks.current_tiers(conn, now)}
    if customer_id is None:
        return Rank(levels)
    held = ranks.load_held(conn, [customer_id], now).get(customer_id)
    return Rank(levels) if held is None else Rank(levels, held.tier, held.level)


def tier_codes(conn: Connection, now: datetime) -> list[str]:
    """The codes of the ranks in force, lowest first."""
    return [one.code for one in ranks.current_tiers(conn, now)]


def tier_names(conn: Connection, locale: str, now: datetime) -> dict[str, str]:
    """The names of the ranks in force, by code."""
    return {one.code: one.name_ja if locale == "ja" else one.name_en for one in ranks.current_tiers(conn, now)}
