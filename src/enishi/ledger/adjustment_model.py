"""What is kept of points that move by hand: operations, reasons, limits, and requests that wait for approval."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict, Refusal
from enishi.ledger.model import Kind


class Operation(Struct, gc=False, frozen=True):
    """Something that was done once under ``(source, external_id)``; ``answer`` is the first answer, as JSON.

    ``note`` is for colleagues.
    """

    operation_id: UUID
    source: str
    external_id: str
    operation: str
    customer_id: UUID
    actor: str
    fingerprint: bytes
    answer: bytes
    recorded_at: datetime
    note: str = ""


class Reason(Struct, gc=False, frozen=True):
    """Why points may be adjusted. One that has ended stays on what it explains, and can not be chosen again."""

    reason: str
    name_ja: str
    name_en: str
    position: int
    ended_at: datetime | None = None


class AdjustmentLimit(Struct, gc=False, frozen=True):
    """How many points of either sign a role may adjust: at once, in a day, and without a second pair of eyes."""

    role: str
    points_each: int
    points_a_day: int
    alone_up_to: int


class AdjustmentRequest(Struct, gc=False, frozen=True, kw_only=True):
    """An adjustment above what its author may do alone. ``state`` is waiting, approved or refused."""

    request_id: UUID
    source: str
    external_id: str
    customer_id: UUID
    points: int
    kind: Kind
    expires_on: date | None
    reason: str
    note: str
    store: str
    allow_owing: bool
    fingerprint: bytes
    requested_by: str
    requested_at: datetime
    state: str = "waiting"
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str | None = None


class AdjustmentBeyondLimit(Refusal):
    """More points than the caller's roles may adjust, at once or in a day. Nothing was changed."""

    code = "adjustment-beyond-limit"
    status = 403
    title = "Beyond the limit of adjustments"


class ApprovalByAnother(Refusal):
    """Who asked for an adjustment can not approve it."""

    code = "approval-by-another"
    status = 403
    title = "Somebody else has to approve"


class AlreadyDecided(Conflict):
    """The request was approved or refused already. Nothing was changed."""

    code = "already-decided"
    title = "Already decided"
