"""What a hold is: points set aside for a checkout."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict
from enishi.ledger.model import Lots


class HoldState(StrEnum):
    """Where a hold is: open, or settled in one of three ways."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    LAPSED = "lapsed"
    """Released by itself when its time was up."""


class Hold(Struct, gc=False, frozen=True):
    """Points set aside until ``expires_at``; ``lots`` are where they came from, with positive points."""

    hold_id: UUID
    source: str
    external_id: str
    customer_id: UUID
    store: str
    points: int
    lots: Lots
    fingerprint: bytes
    created_at: datetime
    expires_at: datetime
    state: HoldState = HoldState.OPEN
    captured_points: int | None = None
    purchase_id: UUID | None = None
    settled_at: datetime | None = None


class HoldLapsed(Conflict):
    """The hold's time is up: its points are the customer's again. Nothing was taken."""

    code = "hold-lapsed"
    title = "Hold lapsed"


class HoldSettled(Conflict):
    """The hold was captured or released already, otherwise than is asked now. Nothing was changed."""

    code = "hold-settled"
    title = "Hold settled"
