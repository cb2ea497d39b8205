"""Pending points (仮ポイント) as values: what a purchase has earned and its customer can not use yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from msgspec import Struct

from enishi.ledger.model import Kind


class PendingState(StrEnum):
    """What became of pending points."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Pending(Struct, gc=False, frozen=True, kw_only=True):
    """An award that becomes points later.

    ``award`` counts the awards of the purchase from 1. ``event`` is what is waited for, None for time alone; ``due_at``
    is from when on the points are available, None until the event is reported. ``month`` is that of rank progress.
    """

    purchase_id: UUID
    award: int
    customer_id: UUID
    kind: Kind
    points: int
    store: str
    purchased_at: datetime
    month: date
    event: str | None
    days: int
    due_at: datetime | None
    basis: bytes
    state: PendingState = PendingState.PENDING
    cancelled_points: int = 0
    entry_seq: int | None = None
    settled_at: datetime | None = None

    @property
    def left(self) -> int:
        """The points that have not been cancelled."""
        return self.points - self.cancelled_points

    @property
    def is_open(self) -> bool:
        """Whether the points can still be confirmed or cancelled."""
        return self.state is PendingState.PENDING


def confirmed(pending: Pending, entry_seq: int, now: datetime) -> Pending:
    """Pending points after the entry that made them points."""
    if not pending.is_open:
        raise AssertionError("Only what is pending can be confirmed.")
    return msgspec.structs.replace(pending, state=PendingState.CONFIRMED, entry_seq=entry_seq, settled_at=now)


def awaited(pending: Pending, due_at: datetime) -> Pending:
    """Pending points whose event has been reported: they are available from ``due_at`` on."""
    return msgspec.structs.replace(pending, due_at=due_at)


def cancel(rows: Sequence[Pending], points: int, now: datetime) -> tuple[list[Pending], int]:
    """Cancel up to ``points`` of what is still pending; returns the changed rows and how many points that were."""
    changed: list[Pending] = []
    missing = points
    for row in rows:
        if row.is_open and missing:
            part = min(row.left, missing)
            missing -= part
            whole = part == row.left
            changed.append(
                msgspec.structs.replace(
                    row,
                    cancelled_points=row.cancelled_points + part,
                    state=PendingState.CANCELLED if whole else row.state,
                    settled_at=now if whole else None,
                )
            )
    return changed, points - missing
