"""Cancelling orders: everything that is left of them comes back at once, under a key of its own.

A cancellation is a return of what is left, so it unwinds points, pending ones too, and rank progress by the same rules.
It happens once: cancelled again, an order gives the first answer, and what is reported of it later mints nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import purchases
from enishi.flows.context import PurchaseContext
from enishi.flows.model import RecordedReturn
from enishi.flows.record_returns import record_returns
from enishi.kit import clock
from enishi.kit.errors import NotFound, Refusal
from enishi.purchases import IdempotencyConflict, Key, Receipt, Return, StoredPurchase


class Cancellation(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order that is cancelled. ``occurred_at`` None means now."""

    purchase_id: UUID
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None


def cancel_purchases(
    conn: Connection, context: PurchaseContext, batch: Sequence[Cancellation], now: datetime | None = None
) -> list[RecordedReturn | Refusal]:
    """Cancel orders and give, after the commit, one outcome each in order.

    Refusals per item: ``NotFound``, and what ``record_returns`` refuses.
    """
    now = clock.now() if now is None else now
    with conn.transaction():
        bought = purchases.load_purchases(conn, [one.purchase_id for one in batch])
    known = [one for one in batch if one.purchase_id in bought]
    first = _cancel(conn, context, known, bought, now)
    if any(isinstance(one, IdempotencyConflict) for one in first):
        # Somebody else cancelled at the same moment under another time: theirs is the first answer.
        first = _cancel(conn, context, known, bought, now)
    outcomes = iter(first)
    return [
        next(outcomes) if one.purchase_id in bought else NotFound("There is no such purchase.", field="purchase_id")
        for one in batch
    ]


def _cancel(
    conn: Connection,
    context: PurchaseContext,
    batch: Sequence[Cancellation],
    bought: dict[UUID, StoredPurchase],
    now: datetime,
) -> list[RecordedReturn | Refusal]:
    keys = {one.purchase_id: _key_of(bought[one.purchase_id]) for one in batch}
    with conn.transaction():
        before = purchases.find_returns(conn, list(keys.values()))
    times: dict[UUID, datetime] = {}
    for one in batch:
        held = before.get(keys[one.purchase_id])
        times.setdefault(one.purchase_id, (one.occurred_at or now) if held is None else held.occurred_at)
    return record_returns(
        conn, context, [_as_return(bought[one.purchase_id], times[one.purchase_id]) for one in batch], now
    )


def _key_of(purchase: StoredPurchase) -> Key:
    return Key(purchase.source, f"cancel:{purchase.purchase_id}")


def _as_return(purchase: StoredPurchase, occurred_at: datetime) -> Return:
    return Return(
        source=purchase.source,
        external_id=_key_of(purchase).external_id,
        store=purchase.store,
        terminal=purchase.terminal,
        occurred_at=occurred_at,
        receipt=Receipt(purchase.source, purchase.external_id),
    )
