"""The SQL of lists of adjustment requests: those that wait, and those decided, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import text_array
from enishi.ledger.adjustment_model import AdjustmentRequest
from enishi.ledger.adjustment_queries import request_row

Position = tuple[datetime, UUID]
"""Where a page ends: the instant that the list is ordered by, and the request."""


def select_waiting_requests(
    conn: Connection,
    stores: Sequence[str] | None,
    customer_id: UUID | None,
    after: Position | None,
    limit: int,
) -> list[AdjustmentRequest]:
    """Requests that wait, the oldest first: of these stores and this customer, None being all."""
    with conn.cursor(row_factory=request_row) as cursor:
        return cursor.execute(
            """
            select
                request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store,
                allow_owing, fingerprint, requested_by, requested_at, state, decided_by, decided_at, decision_note
            from ledger.adjustment_requests
            where
                state = 'waiting'
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and (%(customer_id)s::uuid is null or customer_id = %(customer_id)s::uuid)
                and (
                    %(at)s::timestamptz is null
                    or (requested_at, request_id) > (%(at)s::timestamptz, %(request_id)s::uuid)
                )
            order by requested_at, request_id
            limit %(limit)s
            """,
            _parameters(stores, after, limit) | {"customer_id": customer_id},
        ).fetchall()


def select_decided_requests(
    conn: Connection, stores: Sequence[str] | None, state: str | None, before: Position | None, limit: int
) -> list[AdjustmentRequest]:
    """Requests that were decided, the last first: of these stores and in this state, None being all."""
    with conn.cursor(row_factory=request_row) as cursor:
        return cursor.execute(
            """
            select
                request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store,
                allow_owing, fingerprint, requested_by, requested_at, state, decided_by, decided_at, decision_note
            from ledger.adjustment_requests
            where
                state <> 'waiting'
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and (%(state)s::text is null or state = %(state)s::text)
                and (
                    %(at)s::timestamptz is null
                    or (decided_at, request_id) < (%(at)s::timestamptz, %(request_id)s::uuid)
                )
            order by decided_at desc, request_id desc
            limit %(limit)s
            """,
            _parameters(stores, before, limit) | {"state": state},
        ).fetchall()


def count_waiting_requests(conn: Connection, stores: Sequence[str] | None, most: int) -> int:
    """How many requests of these stores wait, counted no further than ``most``."""
    row = conn.execute(
        """
        select count(*) from (
            select 1
            from ledger.adjustment_requests
            where state = 'waiting' and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
            limit %(most)s
        ) as waiting
        """,
        {"stores": None if stores is None else text_array(stores), "most": most},
    ).fetchone()
    return 0 if row is None else row[0]


def _parameters(stores: Sequence[str] | None, position: Position | None, limit: int) -> dict[str, object]:
    at, request_id = position or (None, None)
    return {
        "stores": None if stores is None else text_array(stores),
        "at": at,
        "request_id": request_id,
        "limit": limit,
    }
