"""Points as the ledger sees them: lots, accounts, movements and entries. Points are integers, one yen each in use."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Raw, Struct

from enishi.kit.errors import Refusal


class Kind(StrEnum):
    """Regular points (通常ポイント) or limited ones (期間限定ポイント), which are spent first on a tie."""

    LIMITED = "l"
    REGULAR = "r"

    @property
    def label(self) -> str:
        """The kind as the interfaces write it."""
        return "regular" if self is Kind.REGULAR else "limited"


class EntryType(StrEnum):
    """Why points moved."""

    EARN = "earn"
    SPEND = "spend"


class InsufficientPoints(Refusal):
    """More points were asked for than are available. Nothing was taken."""

    code = "insufficient-points"
    status = 409
    title = "Insufficient points"


class Lot(Struct, gc=False, frozen=True, array_like=True):
    """Points of one kind that are valid through the end of one day. In a movement, ``points`` may be negative."""

    kind: Kind
    expires_on: date
    points: int


Lots = tuple[Lot, ...]
"""Lots soonest to expire first, limited before regular on a tie; none empty."""


class Account(Struct, gc=False):
    """An account while a batch works on it; ``seq`` is its newest entry's number."""

    customer_id: UUID
    seq: int
    balance: int
    lots: Lots


class Posting(Struct, gc=False, frozen=True):
    """An entry to be written."""

    customer_id: UUID
    seq: int
    entry_type: EntryType
    points: int
    balance_after: int
    moves: Lots
    store: str
    purchase_id: UUID | None
    occurred_at: datetime
    basis: bytes | None = None


class Entry(Struct, gc=False, frozen=True):
    """An entry of the journal: ``points`` is what the member's account gained (negative: lost)."""

    customer_id: UUID
    seq: int
    type: EntryType
    points: int
    balance_after: int
    moves: Lots
    store: str
    purchase_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    basis: Raw | None

    @property
    def entry_id(self) -> str:
        """The public name of the entry: the account and the entry's number in it."""
        return f"{self.customer_id}-{self.seq}"


class Balance(Struct, gc=False, frozen=True):
    """What a member can spend on a given day. ``lots`` holds only what is valid then."""

    available: int
    regular: int
    limited: int
    lots: Lots

    @property
    def next_expiry(self) -> Lot | None:
        """The lot that expires soonest."""
        return self.lots[0] if self.lots else None


class Difference(Struct, frozen=True):
    """Where an account and its journal disagree: what the account says, and what the journal gives."""

    customer_id: UUID
    field: str
    found: str
    derived: str


class VerifyReport(Struct, frozen=True):
    """What ``verify`` looked at and found."""

    accounts: int
    entries: int
    issued: int
    redeemed: int
    outstanding: int
    differences: list[Difference]
