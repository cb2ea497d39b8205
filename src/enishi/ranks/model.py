"""What rank criteria count."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct


class Progress(Struct, gc=False, frozen=True):
    """What a customer bought in one month (its first day): yen with tax, number of purchases, points earned."""

    customer_id: UUID
    month: date
    amount_yen: int
    purchases: int
    points_earned: int
