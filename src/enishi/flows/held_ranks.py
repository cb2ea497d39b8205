"""The ranks of customers as reservations look at them."""

from __future__ import annotations

from uuid import UUID

from psycopg import Connection

from enishi.reservations import Rank


def rank_of(conn: Connection, customer_id: UUID | None) -> Rank:
    """The rank that a customer holds, and every rank's level; None is somebody unknown. No ladder is published yet."""
    del conn, customer_id
    return Rank({})


def tier_codes(conn: Connection) -> list[str]:
    """The codes of the ranks in force, lowest first."""
    del conn
    return []


def tier_names(conn: Connection, locale: str) -> dict[str, str]:
    """The names of the ranks in force, by code."""
    del conn, locale
    return {}
