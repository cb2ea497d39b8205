"""The SQL of operations by hand: what was done once, reasons, limits, and requests that wait for approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from enishi.kit.arrays import bytea_array, instant_array, json_array, text_array, uuid_array
from enishi.ledger.adjustment_model import AdjustmentLimit, AdjustmentRequest, Operation, Reason
from enishi.ledger.model import Kind


def select_operations(conn: Connection, keys: Sequence[tuple[str, str]]) -> list[Operation]:
    """What was done under these (source, external_id)."""
    cursor = conn.execute(
        """
        select
            operation_id, source, external_id, operation, customer_id, actor, fingerprint, answer::text, recorded_at,
            note
        from unnest(%s::text[], %s::text[]) as wanted (source, external_id)
        join ledger.operations using (source, external_id)
        """,
        (text_array([source for source, _ in keys]), text_array([external_id for _, external_id in keys])),
    )
    return [
        Operation(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7].encode(), row[8], row[9])
        for row in cursor
    ]


def select_note(conn: Connection, operation_id: UUID) -> str:
    """The note of an operation; empty where there is none."""
    row = conn.execute("select note from ledger.operations where operation_id = %s", (operation_id,)).fetchone()
    return "" if row is None else row[0]


def insert_operations(conn: Connection, operations: Sequence[Operation]) -> None:
    """Record operations, in the order of their keys so that two batches with the same keys can not wait in a ring."""
    ordered = sorted(operations, key=lambda one: (one.source, one.external_id))
    conn.execute(
        """
        insert into ledger.operations (
            operation_id, source, external_id, operation, customer_id, actor, fingerprint, answer, recorded_at, note
        )
        select * from unnest(
            %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::bytea[], %s::json[],
            %s::timestamptz[], %s::text[]
        )
        """,
        (
            uuid_array([one.operation_id for one in ordered]),
            text_array([one.source for one in ordered]),
            text_array([one.external_id for one in ordered]),
            text_array([one.operation for one in ordered]),
            uuid_array([one.customer_id for one in ordered]),
            text_array([one.actor for one in ordered]),
            bytea_array([one.fingerprint for one in ordered]),
            json_array([one.answer for one in ordered]),
            instant_array([one.recorded_at for one in ordered]),
            text_array([one.note for one in ordered]),
        ),
    )


def select_given_since(conn: Connection, customer_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """Points that each customer has given away by gifts recorded since an instant."""
    cursor = conn.execute(
        """
        select customer_id, sum((answer ->> 'points')::bigint)::bigint
        from ledger.operations
        where customer_id = any(%s::uuid[]) and operation = 'gift' and recorded_at >= %s
        group by customer_id
        """,
        (uuid_array(customer_ids), since),
    )
    return {row[0]: row[1] for row in cursor}


def select_reasons(conn: Connection) -> list[Reason]:
    """Every reason, in the order in which they are offered."""
    with conn.cursor(row_factory=class_row(Reason)) as cursor:
        return cursor.execute(
            "select reason, name_ja, name_en, position, ended_at from ledger.reasons order by position, reason"
        ).fetchall()


def upsert_reason(conn: Connection, reason: Reason) -> None:
    """Add a reason, or change its names, its place or its end."""
    conn.execute(
        """
        insert into ledger.reasons (reason, name_ja, name_en, position, ended_at)
        values (%s, %s, %s, %s, %s)
        on conflict (reason) do update
        set
            name_ja = excluded.name_ja, name_en = excluded.name_en, position = excluded.position,
            ended_at = excluded.ended_at
        """,
        (reason.reason, reason.name_ja, reason.name_en, reason.position, reason.ended_at),
    )


def select_limits(conn: Connection) -> list[AdjustmentLimit]:
    """Every role that may adjust points, the widest first."""
    with conn.cursor(row_factory=class_row(AdjustmentLimit)) as cursor:
        return cursor.execute(
            """
            select role, points_each, points_a_day, alone_up_to
            from ledger.adjustment_limits
            order by points_each desc, role
            """
        ).fetchall()


def upsert_limit(conn: Connection, limit: AdjustmentLimit) -> None:
    """Set what a role may adjust."""
    conn.execute(
        """
        insert into ledger.adjustment_limits (role, points_each, points_a_day, alone_up_to)
        values (%s, %s, %s, %s)
        on conflict (role) do update
        set
            points_each = excluded.points_each, points_a_day = excluded.points_a_day,
            alone_up_to = excluded.alone_up_to
        """,
        (limit.role, limit.points_each, limit.points_a_day, limit.alone_up_to),
    )


def delete_limit(conn: Connection, role: str) -> bool:
    """Let a role adjust nothing; whether it could before."""
    return conn.execute("delete from ledger.adjustment_limits where role = %s", (role,)).rowcount > 0


def insert_missing_day(conn: Connection, actor: str, day: date) -> None:
    """Begin counting what somebody adjusts in a day."""
    conn.execute(
        "insert into ledger.adjusted_days (actor, day, points) values (%s, %s, 0) on conflict do nothing", (actor, day)
    )


def lock_day(conn: Connection, actor: str, day: date) -> int:
    """Points adjusted so far in a day; nobody else adds to them until this transaction ends."""
    row = conn.execute(
        "select points from ledger.adjusted_days where actor = %s and day = %s for no key update", (actor, day)
    ).fetchone()
    return 0 if row is None else row[0]


def select_day(conn: Connection, actor: str, day: date) -> int:
    """Points adjusted so far in a day, without locking."""
    row = conn.execute("select points from ledger.adjusted_days where actor = %s and day = %s", (actor, day)).fetchone()
    return 0 if row is None else row[0]


def update_day(conn: Connection, actor: str, day: date, points: int) -> None:
    """Write how many points were adjusted in a locked day."""
    conn.execute("update ledger.adjusted_days set points = %s where actor = %s and day = %s", (points, actor, day))


def request_row(cursor: Any) -> Callable[[Sequence[Any]], AdjustmentRequest]:  # noqa: ARG001 - psycopg's row factory
    """Makes requests of rows, for statements that name all columns in their order."""
    return _make_request


def _make_request(row: Sequence[Any]) -> AdjustmentRequest:
    return AdjustmentRequest(
        request_id=row[0],
        source=row[1],
        external_id=row[2],
        customer_id=row[3],
        points=row[4],
        kind=Kind(row[5]),
        expires_on=row[6],
        reason=row[7],
        note=row[8],
        store=row[9],
        allow_owing=row[10],
        fingerprint=row[11],
        requested_by=row[12],
        requested_at=row[13],
        state=row[14],
        decided_by=row[15],
        decided_at=row[16],
        decision_note=row[17],
    )


def select_requests_by_keys(conn: Connection, keys: Sequence[tuple[str, str]]) -> list[AdjustmentRequest]:
    """Requests under these (source, external_id)."""
    with conn.cursor(row_factory=request_row) as cursor:
        return cursor.execute(
            """
            select
                request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store,
                allow_owing, fingerprint, requested_by, requested_at, state, decided_by, decided_at, decision_note
            from unnest(%s::text[], %s::text[]) as wanted (source, external_id)
            join ledger.adjustment_requests using (source, external_id)
            """,
            (text_array([source for source, _ in keys]), text_array([external_id for _, external_id in keys])),
        ).fetchall()


def select_request(conn: Connection, request_id: UUID) -> AdjustmentRequest | None:
    """One request."""
    with conn.cursor(row_factory=request_row) as cursor:
        return cursor.execute(
            """
            select
                request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store,
                allow_owing, fingerprint, requested_by, requested_at, state, decided_by, decided_at, decision_note
            from ledger.adjustment_requests
            where request_id = %s
            """,
            (request_id,),
        ).fetchone()


def select_requests(
    conn: Connection, stores: Sequence[str] | None, *, only_waiting: bool, limit: int
) -> list[AdjustmentRequest]:
    """Requests of these stores (None: of all): those that wait, the oldest first, then those decided last."""
    with conn.cursor(row_factory=request_row) as cursor:
        return cursor.execute(
            """
            select
                request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store,
                allow_owing, fingerprint, requested_by, requested_at, state, decided_by, decided_at, decision_note
            from ledger.adjustment_requests
            where
                (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and (state = 'waiting' or not %(only_waiting)s)
            order by decided_at desc nulls first, requested_at, request_id
            limit %(limit)s
            """,
            {
                "stores": None if stores is None else text_array(stores),
                "only_waiting": only_waiting,
                "limit": limit,
            },
        ).fetchall()


def insert_request(conn: Connection, one: AdjustmentRequest) -> None:
    """Record a request that waits."""
    conn.execute(
        """
        insert into ledger.adjustment_requests (
            request_id, source, external_id, customer_id, points, kind, expires_on, reason, note, store, allow_owing,
            fingerprint, requested_by, requested_at
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            one.request_id,
            one.source,
            one.external_id,
            one.customer_id,
            one.points,
            one.kind.value,
            one.expires_on,
            one.reason,
            one.note,
            one.store,
            one.allow_owing,
            one.fingerprint,
            one.requested_by,
            one.requested_at,
        ),
    )


def update_request(conn: Connection, one: AdjustmentRequest) -> bool:
    """Record the decision on a request; whether it was still waiting."""
    return (
        conn.execute(
            """
            update ledger.adjustment_requests
            set state = %s, decided_by = %s, decided_at = %s, decision_note = %s
            where request_id = %s and state = 'waiting'
            """,
            (one.state, one.decided_by, one.decided_at, one.decision_note, one.request_id),
        ).rowcount
        > 0
    )


def select_frozen_at(conn: Connection, customer_id: UUID) -> datetime | None:
    """Since when an account is frozen; None when it is not, or there is none."""
    row = conn.execute("select frozen_at from ledger.accounts where customer_id = %s", (customer_id,)).fetchone()
    return None if row is None else row[0]


def update_frozen_at(conn: Connection, customer_id: UUID, since: datetime | None) -> None:
    """Freeze an account, or set it free."""
    conn.execute("update ledger.accounts set frozen_at = %s where customer_id = %s", (since, customer_id))
