"""Freezing an account under suspicion: points may come in, and none leave it until somebody has looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, customers, ledger
from enishi.flows.settling import settle_batch
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal

_LONGEST = 500


class FreezeOrder(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Freeze an account, or set it free again, and why."""

    frozen: bool
    reason: Annotated[str, Meta(min_length=1, max_length=_LONGEST)]


class FrozenAccount(Struct, gc=False, frozen=True):
    """Whether an account is frozen, and since when. ``replayed``: it was so before."""

    customer_id: UUID
    frozen_at: datetime | None
    replayed: bool


def set_frozen(
    conn: Connection, customer_id: UUID, order: FreezeOrder, actor: str, now: datetime | None = None
) -> FrozenAccount:
    """Freeze an account or set it free, and record who did it and why; commits itself. Again changes nothing.

    Refusals: ``NotFound``, ``InvalidRequest`` without a reason.
    """
    at = clock.now() if now is None else now
    if not order.reason.strip():
        raise InvalidRequest("There is no reason.", field="reason", remedy="Say why, for whoever looks next.")

    def run(held: Connection, items: Sequence[UUID]) -> list[FrozenAccount | Refusal]:
        return [_set(held, one, order, actor, at) for one in items]

    with conn.transaction():
        if not customers.find_known(conn, [customer_id]):
            raise NotFound("There is no such customer.", field="customer_id")
        customer_id = customers.survivor_of(conn, customer_id)
    (outcome,) = settle_batch(conn, [customer_id], run)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _set(conn: Connection, customer_id: UUID, order: FreezeOrder, actor: str, now: datetime) -> FrozenAccount:
    account = ledger.lock_accounts(conn, {customer_id})[customer_id]
    if account.frozen == order.frozen:
        return FrozenAccount(customer_id, ledger.frozen_since(conn, customer_id), replayed=True)
    since = now if order.frozen else None
    ledger.set_frozen(conn, customer_id, since)
    audit.record_event(
        conn,
        actor=actor,
        action="account.frozen" if order.frozen else "account.unfrozen",
        target=f"customer:{customer_id}",
        detail={"reason": order.reason},
        at=now,
    )
    return FrozenAccount(customer_id, since, replayed=False)
