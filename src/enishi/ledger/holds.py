"""The rows of holds, beside the journal.

The journal says where the points are; a hold's row says whose turn it is. Both change in one transaction, under the
lock of the account, so that a hold is captured, released or lapses once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.ledger import hold_queries
from enishi.ledger.hold_model import Hold


def ask_holds_by_keys(conn: Connection, keys: Sequence[tuple[str, str]]) -> Callable[[], dict[tuple[str, str], Hold]]:
    """Ask for the holds created under these (source, external_id); unused keys are absent."""
    answer = hold_queries.ask_by_keys(conn, keys)
    return lambda: {(one.source, one.external_id): one for one in answer()}


def load_holds(conn: Connection, hold_ids: Sequence[UUID]) -> dict[UUID, Hold]:
    """Holds as they stand; unknown ones are absent. Read after its account is locked, a hold stays as it is."""
    return {one.hold_id: one for one in hold_queries.select_holds(conn, hold_ids)} if hold_ids else {}


def list_open_holds(conn: Connection, customer_id: UUID) -> list[Hold]:
    """A customer's open holds, the one that lapses soonest first."""
    return hold_queries.select_open_holds(conn, customer_id)


def sum_open_holds(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Points that each customer has on hold; who has none is absent."""
    return hold_queries.select_held_points(conn, customer_ids) if customer_ids else {}


def list_due_holds(conn: Connection, now: datetime, limit: int) -> list[Hold]:
    """Open holds whose time is up, the longest overdue first."""
    return hold_queries.select_due_holds(conn, now, limit)


def write_holds(conn: Connection, holds: Sequence[Hold]) -> None:
    """Record new holds. A key that a concurrent transaction used first makes this fail with a unique violation."""
    if holds:
        hold_queries.insert_holds(conn, holds)


def settle_holds(conn: Connection, holds: Sequence[Hold]) -> None:
    """Record how open holds were settled; their accounts must be locked by this transaction."""
    if holds:
        hold_queries.update_holds(conn, holds)
