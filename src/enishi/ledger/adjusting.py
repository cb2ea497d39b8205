"""Points that move by hand: done once under a key, for a reason, within limits, and approved where they must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi import audit
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import adjustment_queries as queries
from enishi.ledger.adjustment_model import AdjustmentLimit, AdjustmentRequest, Operation, Reason

_MAX_LIMIT = 1_000_000_000


def find_operations(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Operation]:
    """What was done under these (source, external_id); unused keys are absent."""
    return {(one.source, one.external_id): one for one in queries.select_operations(conn, keys)} if keys else {}


def write_operations(conn: Connection, operations: Sequence[Operation]) -> None:
    """Record operations. A key that a concurrent transaction used first makes this fail with a unique violation."""
    if operations:
        queries.insert_operations(conn, operations)


def note_of_operation(conn: Connection, operation_id: UUID) -> str:
    """What whoever did it has noted for colleagues; empty where nothing is."""
    return queries.select_note(conn, operation_id)


def sum_gifts_since(conn: Connection, customer_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """Points that each customer has given to others since an instant; who gave none is absent."""
    return queries.select_given_since(conn, customer_ids, since) if customer_ids else {}


def load_reasons(conn: Connection) -> dict[str, Reason]:
    """Every reason by its code, those that have ended included, in the order in which they are offered."""
    return {one.reason: one for one in queries.select_reasons(conn)}


def put_reason(conn: Connection, reason: Reason, *, actor: str, now: datetime) -> bool:
    """Add a reason or change it, in the caller's transaction, and record who changed what; False: it was so before.

    Raises ``InvalidRequest``.
    """
    if not (reason.name_ja.strip() and reason.name_en.strip()):
        raise InvalidRequest("A reason needs a name in each language.", field="name_ja", remedy="Name it.")
    before = load_reasons(conn).get(reason.reason)
    if before == reason:
        return False
    queries.upsert_reason(conn, reason)
    audit.record_event(
        conn,
        actor=actor,
        action="points.reason_set",
        target=f"reason:{reason.reason}",
        detail=_changes(
            None if before is None else _told_of_reason(before),
            _told_of_reason(reason),
        ),
        at=now,
    )
    return True


def _told_of_reason(reason: Reason) -> dict[str, str | int]:
    return {
        "ja": reason.name_ja,
        "en": reason.name_en,
        "position": reason.position,
        "ended": reason.ended_at is not None,
    }


def _changes(before: Mapping[str, str | int] | None, after: Mapping[str, str | int]) -> dict[str, str | int]:
    """What the audit keeps of a change: all of what it is now, and what differs as it was before."""
    was = {} if before is None else {f"{name}_before": before[name] for name in after if before[name] != after[name]}
    return {**after, **was}


def list_limits(conn: Connection) -> list[AdjustmentLimit]:
    """What each role may adjust, the widest first."""
    return queries.select_limits(conn)


def widest_limit(limits: Iterable[AdjustmentLimit], roles: Iterable[str]) -> AdjustmentLimit | None:
    """What the holder of these roles may adjust: of each limit the widest. None: nothing."""
    held = set(roles)
    own = [one for one in limits if one.role in held]
    if not own:
        return None
    return AdjustmentLimit(
        own[0].role,
        max(one.points_each for one in own),
        max(one.points_a_day for one in own),
        max(one.alone_up_to for one in own),
    )


def put_limit(conn: Connection, limit: AdjustmentLimit, *, actor: str, now: datetime) -> bool:
    """Set what a role may adjust, in the caller's transaction, and record who changed what; False: it was so before.

    Raises ``InvalidRequest``.
    """
    if not 0 <= limit.alone_up_to <= limit.points_each <= limit.points_a_day <= _MAX_LIMIT or limit.points_each < 1:
        raise InvalidRequest(
            "Alone, at once and in a day have to ascend.",
            field="alone_up_to",
            remedy=f"Let 0 ≤ alone ≤ at once ≤ in a day ≤ {_MAX_LIMIT:,}, with at least 1 at once.",
        )
    before = next((one for one in list_limits(conn) if one.role == limit.role), None)
    if before == limit:
        return False
    queries.upsert_limit(conn, limit)
    audit.record_event(
        conn,
        actor=actor,
        action="points.limit_set",
        target=f"role:{limit.role}",
        detail=_changes(None if before is None else _told_of_limit(before), _told_of_limit(limit)),
        at=now,
    )
    return True


def _told_of_limit(limit: AdjustmentLimit) -> dict[str, str | int]:
    return {
        "points_each": limit.points_each,
        "points_a_day": limit.points_a_day,
        "alone_up_to": limit.alone_up_to,
    }


def remove_limit(conn: Connection, role: str, *, actor: str, now: datetime) -> None:
    """Let a role adjust nothing, in the caller's transaction, and record who did it. Raises ``NotFound``."""
    before = next((one for one in list_limits(conn) if one.role == role), None)
    if before is None or not queries.delete_limit(conn, role):
        raise NotFound("This role has no limit, so it may adjust nothing.", field="role")
    audit.record_event(
        conn,
        actor=actor,
        action="points.limit_removed",
        target=f"role:{role}",
        detail={f"{name}_before": points for name, points in _told_of_limit(before).items()},
        at=now,
    )


def lock_adjusted_day(conn: Connection, actor: str, day: date) -> int:
    """Points that somebody has adjusted in a day, locked until the transaction ends. Take it before any account."""
    queries.insert_missing_day(conn, actor, day)
    return queries.lock_day(conn, actor, day)


def sum_adjusted_day(conn: Connection, actor: str, day: date) -> int:
    """Points that somebody has adjusted in a day so far, for whoever only wants to know."""
    return queries.select_day(conn, actor, day)


def write_adjusted_day(conn: Connection, actor: str, day: date, points: int) -> None:
    """Write how many points somebody has adjusted in a day that is locked."""
    queries.update_day(conn, actor, day, points)


def find_requests(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], AdjustmentRequest]:
    """Requests for approval under these (source, external_id); unused keys are absent."""
    return {(one.source, one.external_id): one for one in queries.select_requests_by_keys(conn, keys)} if keys else {}


def load_request(conn: Connection, request_id: UUID) -> AdjustmentRequest:
    """One request. Raises ``NotFound``."""
    found = queries.select_request(conn, request_id)
    if found is None:
        raise NotFound("There is no such request.", field="request_id")
    return found


def list_requests(
    conn: Connection, stores: Sequence[str] | None = None, *, only_waiting: bool = False, limit: int = 200
) -> list[AdjustmentRequest]:
    """Requests of these stores, None being all: those that wait, the oldest first, then those decided last."""
    return queries.select_requests(conn, stores, only_waiting=only_waiting, limit=limit)


def write_requests(conn: Connection, requests: Sequence[AdjustmentRequest]) -> None:
    """Record requests that wait. A key that a concurrent transaction used first is a unique violation."""
    for one in requests:
        queries.insert_request(conn, one)


def write_decision(conn: Connection, request: AdjustmentRequest) -> bool:
    """Record what became of a request; False when somebody has decided it meanwhile, and nothing was written."""
    return queries.update_request(conn, request)


def frozen_since(conn: Connection, customer_id: UUID) -> datetime | None:
    """Since when an account is under suspicion; None when it is not."""
    return queries.select_frozen_at(conn, customer_id)


def set_frozen(conn: Connection, customer_id: UUID, since: datetime | None) -> None:
    """Freeze a locked account, or, with None, set it free."""
    queries.update_frozen_at(conn, customer_id, since)
