"""What a campaign gave as a fact: it draws on budgets, and counts against the ceilings of its member."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct


class Claim(Struct, gc=False, frozen=True):
    """Points that a campaign gave, or negative ones that returned goods gave back.

    ``times`` is 1 for an award and -1 for the return that took the rest of it back.
    """

    campaign_id: UUID
    version: int
    customer_id: UUID
    purchase_id: UUID | None
    store: str
    reason: Literal["award", "return", "welcome"]
    period: str
    points: int
    times: int
    from_budget: bool
    from_store_budget: bool
    occurred_at: datetime
