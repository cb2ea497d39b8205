"""The ranks of customers as others look at them: reservations now, the books at any instant."""

from __future__ import annotations

from collections.abc import Sequence
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


def tiers_at(conn: Connection, customer_ids: Sequence[UUID], at: datetime) -> dict[UUID, str | None]:
    """The code of the rank that each customer held at an instant; None for all of them where no ladder was in force.

    Ranks hold from the instant at which they took effect, also where that was recorded later.
    """
    ladder = ranks.ladder_at(ranks.load_ladders(conn), at)
    if ladder is None:
        return dict.fromkeys(customer_ids)
    held = ranks.rank_at(conn, customer_ids, at)
    return {one: tier or ladder.tiers[0].code for one, (tier, _) in held.items()}
