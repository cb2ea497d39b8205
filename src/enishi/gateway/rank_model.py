"""What the gateway answers about ranks: the shapes of its bodies."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct


class WantAnswer(Struct, frozen=True):
    """One thing that a tier needs, what of it is there, and what is missing."""

    question: str
    unit: str
    found: int
    needed: int
    missing: int
    by: date | None
    window: str
    channels: tuple[str, ...]
    stores: tuple[str, ...]
    categories: tuple[str, ...]


class TierProgressAnswer(Struct, frozen=True):
    """How far it is to a tier. Any one of ``ways`` will do, and of a way everything."""

    tier: str
    level: int
    name: str
    met: bool
    by: date | None
    sentence: str
    ways: list[list[WantAnswer]]


class RankAnswer(Struct, frozen=True):
    """A customer's rank, what is missing to the next one, and what to keep this one."""

    tier: str
    level: int
    name: str
    colour: str
    since: datetime | None
    keep_until: date | None
    rose_from: str | None
    sentence: str
    next: TierProgressAnswer | None
    keep: TierProgressAnswer | None


class RankChangeAnswer(Struct, frozen=True):
    """A change of a customer's rank."""

    from_tier: str
    to_tier: str
    effective_at: datetime
    cause: str
    reason: str
    ladder: int


class CustomerRankAnswer(Struct, frozen=True):
    """A customer's rank with its newest changes. ``rank`` is null while no ladder is in force."""

    customer_id: UUID
    rank: RankAnswer | None
    changes: list[RankChangeAnswer]
