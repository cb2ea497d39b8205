"""Pending points (仮ポイント): what a purchase has earned and its customer can not use yet.

They are no points of the ledger: no account counts them, until they are confirmed by one entry. Whoever confirms or
cancels holds the customer's account locked before the pending rows are read, so that of two who confirm the same
points, the second finds nothing left to confirm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.ledger import pending_queries as queries
from enishi.ledger.pending_model import Pending, cancel


def write_pending(conn: Connection, rows: Sequence[Pending], recorded_at: datetime) -> None:
    """Record what purchases have earned for later."""
    if rows:
        queries.insert_pending(conn, rows, recorded_at)


def change_pending(conn: Connection, rows: Sequence[Pending]) -> None:
    """Write changed rows, whose customers' accounts this transaction holds locked."""
    if rows:
        queries.update_pending(conn, rows)


def pending_of_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, list[Pending]]:
    """What purchases have earned for later, whatever became of it, by purchase in the order of awards."""
    return _by_purchase(queries.select_of_purchases(conn, purchase_ids)) if purchase_ids else {}


def pending_of_customers(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, list[Pending]]:
    """What customers are still waiting for, soonest first; those who wait for nothing are absent."""
    found: dict[UUID, list[Pending]] = {}
    for row in queries.select_open_of_customers(conn, customer_ids):
        found.setdefault(row.customer_id, []).append(row)
    return found


def due_purchases(conn: Connection, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Purchases with pending points that are due, longest first, and whose they are."""
    return queries.select_due(conn, now, limit)


def cancel_pending(conn: Connection, wanted: Sequence[tuple[UUID, int | None]], now: datetime) -> dict[UUID, int]:
    """Cancel pending points of purchases, all or up to so many each; returns what was cancelled by purchase.

    What is confirmed already is not touched: it has to be taken back. The customers' accounts must be locked.
    """
    rows = pending_of_purchases(conn, [purchase_id for purchase_id, _ in wanted])
    changes: list[Pending] = []
    cancelled: dict[UUID, int] = {}
    for purchase_id, points in wanted:
        own = rows.get(purchase_id, [])
        most = sum(one.left for one in own if one.is_open)
        changed, cancelled[purchase_id] = cancel(own, most if points is None else points, now)
        changes += changed
    change_pending(conn, changes)
    return cancelled


def _by_purchase(rows: Sequence[Pending]) -> dict[UUID, list[Pending]]:
    found: dict[UUID, list[Pending]] = {}
    for row in rows:
        found.setdefault(row.purchase_id, []).append(row)
    return found
