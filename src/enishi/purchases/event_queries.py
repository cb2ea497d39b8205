"""The SQL of what happens to orders after they were placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import instant_array, text_array, uuid_array


def insert_purchase_events(
    conn: Connection, events: Sequence[tuple[UUID, str, datetime]], recorded_at: datetime
) -> set[tuple[UUID, str]]:
    """Record events (purchase, what, when), in the order of their keys; returns those that were not known yet."""
    ordered = sorted(events)
    cursor = conn.execute(
        """
        insert into purchases.events (purchase_id, event, occurred_at, recorded_at)
        select purchase_id, event, occurred_at, %s
        from unnest(%s::uuid[], %s::text[], %s::timestamptz[]) as new (purchase_id, event, occurred_at)
        on conflict do nothing
        returning purchase_id, event
        """,
        (
            recorded_at,
            uuid_array([purchase_id for purchase_id, _, _ in ordered]),
            text_array([event for _, event, _ in ordered]),
            instant_array([at for _, _, at in ordered]),
        ),
    )
    return {(row[0], row[1]) for row in cursor}


def select_purchase_events(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    """What is known to have happened to these orders, and when; those of which nothing is are absent."""
    cursor = conn.execute(
        "select purchase_id, event, occurred_at from purchases.events where purchase_id = any(%s::uuid[])",
        (uuid_array(purchase_ids),),
    )
    found: dict[UUID, dict[str, datetime]] = {}
    for purchase_id, event, at in cursor:
        found.setdefault(purchase_id, {})[event] = at
    return found
