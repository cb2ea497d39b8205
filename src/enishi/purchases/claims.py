"""Claims: an anonymous sale becomes a customer's afterwards, once. The purchase itself stays as it was recorded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict


class NotClaimable(Conflict):
    """The receipt is somebody's already, too old, or has come back whole. Nothing was changed.

    ``reason`` is claimed, late or returned.
    """

    code = "not-claimable"
    title = "Receipt can not be claimed"


class StoredClaim(Struct, gc=False, frozen=True, kw_only=True):
    """A claim as recorded. ``total_yen`` is what of the receipt had not come back by then.

    Its journal entries are ``(customer_id, first_seq … first_seq + entry_count - 1)``; ``answer`` is the first answer.
    """

    purchase_id: UUID
    customer_id: UUID
    source: str
    actor: str
    claimed_at: datetime
    occurred_at: datetime
    total_yen: int
    net_yen: int
    first_seq: int
    entry_count: int
    points_earned: int
    answer: bytes
