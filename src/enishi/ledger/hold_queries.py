"""The SQL of ``ledger.holds``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.arrays import bytea_array, instant_array, int_array, json_array, text_array, uuid_array
from enishi.ledger.hold_model import Hold, HoldState
from enishi.ledger.model import Lots

_decode_lots = msgspec.json.Decoder(Lots).decode
_encode = msgspec.json.Encoder().encode


def _hold_row(cursor: Any) -> Callable[[Sequence[Any]], Hold]:  # noqa: ARG001 - the shape psycopg asks of a row factory
    return _make_hold


def _make_hold(row: Sequence[Any]) -> Hold:
    return Hold(
        hold_id=row[0],
        source=row[1],
        external_id=row[2],
        customer_id=row[3],
        store=row[4],
        points=row[5],
        lots=_decode_lots(row[6]),
        fingerprint=row[7],
        created_at=row[8],
        expires_at=row[9],
        state=HoldState(row[10]),
        captured_points=row[11],
        purchase_id=row[12],
        settled_at=row[13],
    )


def ask_by_keys(conn: Connection, keys: Sequence[tuple[str, str]]) -> Callable[[], list[Hold]]:
    """Ask for the holds under these (source, external_id); in a pipeline the answer is waited for when called for."""
    return (
        conn.cursor(row_factory=_hold_row)
        .execute(
            """
            select
                hold_id, source, external_id, customer_id, store, points, lots::text, fingerprint, created_at,
                expires_at, state, captured_points, purchase_id, settled_at
            from unnest(%s::text[], %s::text[]) as wanted (source, external_id)
            join ledger.holds using (source, external_id)
            """,
            (text_array([source for source, _ in keys]), text_array([external_id for _, external_id in keys])),
        )
        .fetchall
    )


def select_holds(conn: Connection, hold_ids: Sequence[UUID]) -> list[Hold]:
    """The holds with these IDs."""
    with conn.cursor(row_factory=_hold_row) as cursor:
        return cursor.execute(
            """
            select
                hold_id, source, external_id, customer_id, store, points, lots::text, fingerprint, created_at,
                expires_at, state, captured_points, purchase_id, settled_at
            from ledger.holds
            where hold_id = any(%s::uuid[])
            """,
            (uuid_array(hold_ids),),
        ).fetchall()


def select_open_holds(conn: Connection, customer_id: UUID) -> list[Hold]:
    """Open holds of one customer."""
    with conn.cursor(row_factory=_hold_row) as cursor:
        return cursor.execute(
            """
            select
                hold_id, source, external_id, customer_id, store, points, lots::text, fingerprint, created_at,
                expires_at, state, captured_points, purchase_id, settled_at
            from ledger.holds
            where customer_id = %s and state = 'open'
            order by expires_at, hold_id
            """,
            (customer_id,),
        ).fetchall()


def select_held_points(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Points on hold by customer."""
    cursor = conn.execute(
        """
        select customer_id, sum(points)::bigint
        from ledger.holds
        where customer_id = any(%s::uuid[]) and state = 'open'
        group by customer_id
        """,
        (uuid_array(customer_ids),),
    )
    return {row[0]: row[1] for row in cursor}


def select_due_holds(conn: Connection, now: datetime, limit: int) -> list[Hold]:
    """Open holds that should have ended by ``now``."""
    with conn.cursor(row_factory=_hold_row) as cursor:
        return cursor.execute(
            """
            select
                hold_id, source, external_id, customer_id, store, points, lots::text, fingerprint, created_at,
                expires_at, state, captured_points, purchase_id, settled_at
            from ledger.holds
            where state = 'open' and expires_at <= %s
            order by expires_at, hold_id
            limit %s
            """,
            (now, limit),
        ).fetchall()


def insert_holds(conn: Connection, holds: Sequence[Hold]) -> None:
    """Record open holds, in the order of their keys so that two batches with the same keys can not wait in a ring."""
    ordered = sorted(holds, key=lambda one: (one.source, one.external_id))
    conn.execute(
        """
        insert into ledger.holds (
            hold_id, source, external_id, customer_id, store, points, lots, fingerprint, created_at, expires_at
        )
        select * from unnest(
            %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::int[], %s::json[], %s::bytea[],
            %s::timestamptz[], %s::timestamptz[]
        )
        """,
        (
            uuid_array([one.hold_id for one in ordered]),
            text_array([one.source for one in ordered]),
            text_array([one.external_id for one in ordered]),
            uuid_array([one.customer_id for one in ordered]),
            text_array([one.store for one in ordered]),
            int_array([one.points for one in ordered]),
            json_array([_encode(one.lots) for one in ordered]),
            bytea_array([one.fingerprint for one in ordered]),
            instant_array([one.created_at for one in ordered]),
            instant_array([one.expires_at for one in ordered]),
        ),
    )


def update_holds(conn: Connection, holds: Sequence[Hold]) -> None:
    """Record how holds were settled."""
    conn.execute(
        """
        update ledger.holds as hold
        set
            state = settled.state,
            captured_points = case settled.state when 'captured' then settled.captured_points end,
            purchase_id = settled.purchase_id,
            settled_at = settled.settled_at
        from unnest(%s::uuid[], %s::text[], %s::int[], %s::uuid[], %s::timestamptz[])
            as settled (hold_id, state, captured_points, purchase_id, settled_at)
        where hold.hold_id = settled.hold_id and hold.state = 'open'
        """,
        (
            uuid_array([one.hold_id for one in holds]),
            text_array([one.state.value for one in holds]),
            int_array([one.captured_points or 0 for one in holds]),
            uuid_array([one.purchase_id for one in holds]),
            instant_array([one.settled_at or one.expires_at for one in holds]),
        ),
    )
