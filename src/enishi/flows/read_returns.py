"""Reading what came back of purchases, with the journal entries that it led to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger, purchases
from enishi.ledger import Entry
from enishi.purchases import ReturnedLine, StoredReturn


class _Answer(Struct, gc=False, frozen=True):
    """What of the first answer stands in no column; an answer from before there were pending points lacks it."""

    pending_cancelled: int = 0


_decode_pending = msgspec.json.Decoder(_Answer).decode
_decode_lines = msgspec.json.Decoder(tuple[tuple[int, int], ...]).decode


class ReturnDetail(Struct, frozen=True, kw_only=True):
    """Goods that came back of a receipt; amounts and points as in ``RecordedReturn``."""

    return_id: UUID
    purchase_id: UUID
    store: str
    occurred_at: datetime
    recorded_at: datetime
    lines: tuple[ReturnedLine, ...]
    refund_yen: int
    pay_back_yen: int
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    pending_cancelled: int
    completes: bool
    entries: tuple[Entry, ...]


def returns_of(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, tuple[ReturnDetail, ...]]:
    """The returns of these purchases, first to last; purchases without any are absent."""
    found = purchases.list_returns(conn, purchase_ids)
    keys = [key for held in found.values() for one in held for key in _entry_keys(one)]
    entries = {(entry.customer_id, entry.seq): entry for entry in ledger.entries_at(conn, keys)}
    return {
        purchase_id: tuple(
            _detail(purchase_id, one, tuple(entries[key] for key in _entry_keys(one) if key in entries)) for one in held
        )
        for purchase_id, held in found.items()
    }


def _entry_keys(one: StoredReturn) -> list[tuple[UUID, int]]:
    if one.customer_id is None:
        return []
    return [(one.customer_id, one.first_seq + offset) for offset in range(one.entry_count)]


def _detail(purchase_id: UUID, one: StoredReturn, entries: tuple[Entry, ...]) -> ReturnDetail:
    return ReturnDetail(
        return_id=one.return_id,
        purchase_id=purchase_id,
        store=one.store,
        occurred_at=one.occurred_at,
        recorded_at=one.recorded_at,
        lines=tuple(ReturnedLine(line, quantity) for line, quantity in _decode_lines(one.lines)),
        refund_yen=one.refund_yen,
        pay_back_yen=one.refund_yen - one.points_given_back - one.points_lost,
        points_taken_back=one.points_taken_back,
        points_absorbed=one.points_absorbed,
        points_given_back=one.points_given_back,
        points_lost=one.points_lost,
        pending_cancelled=_decode_pending(one.answer).pending_cancelled,
        completes=one.completes,
        entries=entries,
    )
